using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Scim;

/// <summary>An organization takes a token back; the directory's next call with it is refused.</summary>
public sealed class RevokeScimToken(Db db, TimeProvider clock)
{
    /// <returns>True; or that there is no such token.</returns>
    public async Task<Result<bool>> RunAsync(ApiCaller caller, Id<ScimToken> id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (!await ScimTokenStore.RevokeAsync(tx, caller.Organization, id, now, ct)) return ScimFailures.TokenNotFound;
        await AuditLog.AppendAsync(tx, caller.Act("scim_token.revoked", id.ToString()), now, ct);
        await tx.CommitAsync();
        return true;
    }
}
