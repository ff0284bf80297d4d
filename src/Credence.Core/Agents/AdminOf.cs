using Credence.Organizations;
using Credence.Storage;

namespace Credence.Agents;

/// <summary>Who may manage an organization: whoever has <c>admin:orgs</c>, and its own admins (contract agent-idp B.8).</summary>
public static class AdminOf
{
    /// <returns>The organization; that there is none for this caller; or that the caller is no admin of its own.</returns>
    public static async Task<Result<Organization>> FindAsync(DbSession db, AgentCaller caller, Id<Organization> id, CancellationToken ct)
    {
        if (!caller.IsOperator && id != caller.Organization) return OrganizationFailures.Unknown;
        if (await OrganizationStore.FindAsync(db, id, ct) is not { } found) return OrganizationFailures.Unknown;
        return caller.IsOperator || await MembershipStore.IsAdminAsync(db, id, caller.Agent, ct) ? found : AgentFailures.NotAdmin;
    }
}
