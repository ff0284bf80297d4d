using Credence.Storage;

namespace Credence.Sso;

/// <summary>Encrypts providers' secrets under the current key that are under a former one, so that the former may go (design D3). A worker runs it.</summary>
public sealed class RenewSsoSecrets(Db db, SsoSecrets secrets)
{
    private const int AtOnce = 500;

    /// <summary>One round.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await EachAsync(
            ConnectionStore.AfterAsync, connection => connection.Id.ToString(),
            connection => secrets.Renew(SsoSecrets.OfConnection, connection.Id.ToString(), connection.SealedSecret!), ConnectionStore.RenewAsync, ct);
        await EachAsync(
            SsoConfigStore.AfterAsync, config => config.Organization.ToString(),
            config => secrets.Renew(SsoSecrets.OfConfig, config.Organization.ToString(), config.SealedSecret), SsoConfigStore.RenewAsync, ct);
    }

    private async Task EachAsync<T>(
        Func<DbSession, string, int, CancellationToken, Task<List<T>>> after, Func<T, string> name, Func<T, string?> renew,
        Func<DbTx, T, string, CancellationToken, Task> save, CancellationToken ct)
    {
        for (var last = ""; ;)
        {
            var some = await after(db, last, AtOnce, ct);
            var stale = some.Select(one => (One: one, Renewed: renew(one))).Where(each => each.Renewed is not null).ToList();
            if (stale.Count > 0)
            {
                await using var tx = await db.BeginAsync(ct);
                foreach (var (one, renewed) in stale) await save(tx, one, renewed!, ct);
                await tx.CommitAsync();
            }

            if (some.Count < AtOnce) return;
            last = name(some[^1]);
        }
    }
}
