using Credence.Storage;

namespace Credence.SecondFactors;

/// <summary>Encrypts secrets under the current key that are under a former one, so that the former may go (design D3). A worker runs it.</summary>
public sealed class RenewTotpSecrets(Db db, TotpBox box)
{
    private const int AtOnce = 500;

    /// <summary>One round.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        for (var last = default(PersonId); ;)
        {
            var some = await TotpStore.AfterAsync(db, last, AtOnce, ct);
            await RenewAsync(some, ct);
            if (some.Count < AtOnce) return;
            last = some[^1].Person;
        }
    }

    private async Task RenewAsync(List<TotpSecret> some, CancellationToken ct)
    {
        var stale = some.Select(secret => (Secret: secret, Renewed: box.Renew(secret))).Where(each => each.Renewed is not null).ToList();
        if (stale.Count == 0) return;
        await using var tx = await db.BeginAsync(ct);
        foreach (var (secret, renewed) in stale) await TotpStore.RenewAsync(tx, secret, renewed!, ct);
        await tx.CommitAsync();
    }
}
