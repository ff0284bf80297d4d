using Credence.Agents;
using Credence.Organizations;
using Credence.Storage;
using Microsoft.Extensions.Logging;

namespace Credence.Usage;

/// <summary>
/// Counts what agents do at the agents door: in memory, in a journal that outlives the process and is stored every second, so that counting neither delays
/// nor fails the call that is counted (contract agent-idp B.12, decision 0033).
/// </summary>
public sealed class AgentUsage : IDisposable
{
    private readonly Db _db;
    private readonly Journals<AgentUsageKey> _journals;

    /// <summary>Counts from now on.</summary>
    public AgentUsage(Db db, UsageOptions options, TimeProvider clock, ILogger<AgentUsage> log)
    {
        _db = db;
        _journals = new Journals<AgentUsageKey>(options.JournalFolder, StoreAsync, clock, log);
    }

    /// <summary>Counts one of <paramref name="kind"/>.</summary>
    public void Count(Id<Organization> organization, Id<Agent> agent, AgentUsageKind kind) =>
        _journals.Count(new AgentUsageKey(organization.Value, agent.Value, kind));

    /// <summary>Stores what is not stored yet.</summary>
    public Task StoreAsync(CancellationToken ct) => _journals.StoreAsync(ct);

    /// <summary>How much an organization's agents did since <paramref name="since"/>, as far as this node knows: what is stored, and its own that is not yet.</summary>
    public async Task<long> CountAsync(Id<Organization> organization, AgentUsageKind kind, DateTimeOffset since, CancellationToken ct) =>
        await AgentUsageStore.CountAsync(_db, organization, kind, since, ct)
        + Unstored(since, key => key.Kind == kind && key.Organization == organization.Value);

    /// <summary>The same of one agent.</summary>
    public async Task<long> CountAsync(Id<Agent> agent, AgentUsageKind kind, DateTimeOffset since, CancellationToken ct) =>
        await AgentUsageStore.CountAsync(_db, agent, kind, since, ct) + Unstored(since, key => key.Kind == kind && key.Agent == agent.Value);

    /// <inheritdoc/>
    public void Dispose() => _journals.Dispose();

    /// <summary>Read after the database: what is stored in between is missed rather than counted twice.</summary>
    private long Unstored(DateTimeOffset since, Func<AgentUsageKey, bool> isWanted) =>
        _journals.Unstored().Where(one => one.Period >= since && isWanted(one.Found.Key)).Sum(one => one.Found.More);

    private async Task StoreAsync(DateTimeOffset hour, string stripe, IReadOnlyList<Unstored<AgentUsageKey>> some, CancellationToken ct)
    {
        await using var tx = await _db.BeginAsync(ct);
        foreach (var run in ManyRows.InRuns(some.ToArray())) await AgentUsageStore.SetAsync(tx, hour, stripe, run, ct);
        await tx.CommitAsync();
    }
}
