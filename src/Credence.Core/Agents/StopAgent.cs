using Credence.Audit;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Agents;

/// <summary>An operator stops an agent whosever it is, tokens and all, and lets it go on.</summary>
public sealed class StopAgent(Db db, RevocationIndex revocations, AgentOptions options, TimeProvider clock)
{
    /// <param name="id">Which agent.</param>
    /// <param name="stop">Whether it is stopped; else it goes on.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The agent as it is now; that there is none; or that it is gone for good.</returns>
    public async Task<Result<Agent>> RunAsync(Id<Agent> id, bool stop, string by, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await AgentStore.FindAnyEverAsync(tx, id, ct) is not { } found) return AgentFailures.NotFound;
        if (await AgentStore.HoldAsync(tx, found.Organization, id, ct) is not { } before) return AgentFailures.Decommissioned;
        var after = before with { Status = stop ? AgentStatus.Suspended : AgentStatus.Active, UpdatedAt = now };
        if (ReviseAgent.StatusEvent(before, after) is not { } type) return before;

        await AgentStore.SaveAsync(tx, after, ct);
        await AuditLog.AppendAsync(tx, new AuditEvent(after.Organization.ToString(), type, by, id.ToString()), now, ct);
        await AgentEvents.AddAsync(tx, after, type, now, ct);
        var marks = ChangeAgent.Marks(before, after, now + options.LongestToken);
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return after;
    }
}
