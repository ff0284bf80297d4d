using Credence.Audit;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Agents;

/// <summary>
/// An agent becomes a member of an organization, or gets another role there (contract agent-idp AE-24). The bootstrap organization hands over agents it
/// registered: that is how a new organization gets its first one.
/// </summary>
public sealed class AddMember(Db db, PlanGate plan, RevocationIndex revocations, TimeProvider clock)
{
    /// <returns>The membership; or that there is no such organization or agent for this caller, or that the agent belongs elsewhere.</returns>
    public async Task<Result<Membership>> RunAsync(AgentCaller caller, Id<Organization> to, Id<Agent> id, MemberRole role, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await OrganizationStore.HoldAsync(tx, to, ct) is not { DeletedAt: null } organization) return OrganizationFailures.Unknown;
        var agent = caller.IsOperator ? await AgentStore.FindAnyEverAsync(tx, id, ct) : await AgentStore.FindEverAsync(tx, to, id, ct);
        if (agent is null) return AgentFailures.Unknown;
        if (agent.Status == AgentStatus.Decommissioned) return AgentFailures.Decommissioned;

        var current = await MembershipStore.FindAsync(tx, id, ct);
        List<Revocation> marks = [Mark(to, id, lifted: true, now)];
        if (agent.Organization != to)
        {
            if (current is not null && !await OrganizationStore.IsBootstrapAsync(tx, current.Organization, ct)) return AgentFailures.MemberElsewhere;
            if (id == caller.Agent || await AgentStore.HasHistoryAsync(tx, id, ct)) return AgentFailures.MemberElsewhere;
            if (await plan.AdmitAgentAsync(tx, organization, ct) is { } full) return full;
            await AgentStore.MoveAsync(tx, id, to, now, ct);
            marks.Add(Mark(agent.Organization, id, lifted: false, now));
        }

        var membership = new Membership(to, id, role, now);
        await MembershipStore.AddAsync(tx, membership, ct);
        await AuditLog.AppendAsync(tx, caller.Act(to, "organization.member_added", id.ToString(), new(StringComparer.Ordinal) { ["role"] = Words.Of(role) }), now, ct);
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return membership;
    }

    /// <summary>What tells every node that an agent does not belong to an organization, or does again.</summary>
    internal static Revocation Mark(Id<Organization> organization, Id<Agent> agent, bool lifted, DateTimeOffset now)
    {
        var (id, expires) = (Membership.IdOf(organization, agent).ToString(), now + AccessToken.LongestLife);
        return lifted ? Revocation.Lift(RevocationKind.Membership, id, expires) : Revocation.Of(RevocationKind.Membership, id, expires);
    }
}
