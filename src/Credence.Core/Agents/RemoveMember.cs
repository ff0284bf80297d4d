using Credence.Audit;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Agents;

/// <summary>An agent leaves an organization: its tokens are refused and it gets no more, until it is a member again (contract agent-idp AE-26).</summary>
public sealed class RemoveMember(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <returns>True; or that there is no such organization or member, or that nobody could manage the organization without this one.</returns>
    public async Task<Result<bool>> RunAsync(AgentCaller caller, Id<Organization> from, Id<Agent> agent, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await OrganizationStore.HoldAsync(tx, from, ct) is null) return OrganizationFailures.Unknown; // two calls at once must not remove the last two admins
        if (await MembershipStore.FindAsync(tx, agent, ct) is not { } found || found.Organization != from) return AgentFailures.Unknown;
        if (found.Role == MemberRole.Admin && await MembershipStore.CountAsync(tx, from, MemberRole.Admin, ct) == 1) return AgentFailures.LastAdmin;

        await MembershipStore.RemoveAsync(tx, agent, ct);
        await AuditLog.AppendAsync(tx, caller.Act(from, "organization.member_removed", agent.ToString()), now, ct);
        Revocation[] marks = [AddMember.Mark(from, agent, lifted: false, now)];
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return true;
    }
}
