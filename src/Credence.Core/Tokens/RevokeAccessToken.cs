using Credence.Agents;
using Credence.Audit;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Tokens;

/// <summary>An access token is taken back before its time (contract agent-idp AE-15; RFC 7009): by the agent that has it, one whose authority it carries, or an admin of their organization.</summary>
public sealed class RevokeAccessToken(Db db, CheckAccessToken check, RevocationIndex revocations, TimeProvider clock)
{
    /// <returns>Whether this call ended it: what is unknown, over, or not the caller's is left alone; or that this node cannot say now.</returns>
    public async Task<Result<bool>> RunAsync(Id<Organization> organization, Id<Agent> by, string token, CancellationToken ct)
    {
        var found = await check.RunAsync(token, ct);
        if (!found.Succeeded) return found.Failure.Kind == FailureKind.Unavailable ? found.Failure : false;
        var claims = found.Value;
        if (claims.Organization != organization) return false;
        var isParty = claims.Agent == by || claims.Descent?.Parties.Contains(by) == true;
        if (!isParty && !await MembershipStore.IsAdminAsync(db, organization, by, ct)) return false;

        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        await AuditLog.AppendAsync(tx, new AuditEvent(organization.ToString(), "token.revoked", by.ToString(), claims.Token.ToString()), now, ct);
        await AgentEvents.AddAsync(tx, organization, claims.Agent, "token.revoked", data => data.WriteString("tokenId", claims.Token.Value), now, ct);
        Revocation[] marks = [Revocation.Of(RevocationKind.AccessToken, claims.Token.ToString(), claims.ExpiresAt.AddSeconds(1))];
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return true;
    }
}
