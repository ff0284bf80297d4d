using Credence.Audit;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Tokens;

/// <summary>One token is revoked; its grant, the grant's other tokens and its refresh token live on (contract grantex-core 5).</summary>
public sealed class RevokeToken(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <returns>True; or that there is no such token here, or it was revoked before.</returns>
    public async Task<Result<bool>> RunAsync(ApiCaller caller, Id<GrantToken> id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await GrantTokenStore.RevokeAsync(tx, caller.Organization, id, now, ct) is not { } expires) return TokenFailures.NotFound;

        await AuditLog.AppendAsync(tx, caller.Act("token.revoked", id.ToString()), now, ct);
        Revocation[] marks = [Revocation.Of(RevocationKind.Token, id.ToString(), expires.AddSeconds(1))];
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return true;
    }
}
