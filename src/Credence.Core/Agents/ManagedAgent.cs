using Credence.Storage;

namespace Credence.Agents;

/// <summary>Whose credentials a caller may manage: its own; as an admin of the organization those of all its agents; with <c>admin:orgs</c> any (contract agent-idp AE-09).</summary>
public static class ManagedAgent
{
    /// <returns>The agent, decommissioned or not; that there is none for this caller; or that it is not the caller's to manage.</returns>
    public static async Task<Result<Agent>> FindAsync(DbSession db, AgentCaller caller, Id<Agent> id, CancellationToken ct)
    {
        var found = caller.IsOperator ? await AgentStore.FindAnyEverAsync(db, id, ct) : await AgentStore.FindEverAsync(db, caller.Organization, id, ct);
        if (found is null) return AgentFailures.Unknown;
        if (caller.IsOperator || caller.Agent == id || await MembershipStore.IsAdminAsync(db, caller.Organization, caller.Agent, ct)) return found;
        return AgentFailures.NotOwn;
    }
}
