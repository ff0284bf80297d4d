using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>Encrypts channels' targets under the current key that are under a former one, so that the former may go (design D3). A worker runs it.</summary>
public sealed class RenewTargets(Db db, ChannelBox box)
{
    private const int AtOnce = 500;

    /// <summary>One round.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        for (var after = ""; ;)
        {
            var some = await ChannelStore.AfterAsync(db, after, AtOnce, ct);
            var stale = some.Select(channel => (Channel: channel, Renewed: box.Renew(channel))).Where(each => each.Renewed is not null).ToList();
            if (stale.Count > 0)
            {
                await using var tx = await db.BeginAsync(ct);
                foreach (var (channel, renewed) in stale) await ChannelStore.RenewAsync(tx, channel, renewed!, ct);
                await tx.CommitAsync();
            }

            if (some.Count < AtOnce) return;
            after = some[^1].Id.ToString();
        }
    }
}
