using System.Runtime.CompilerServices;
using Credence.Agents;
using Credence.Audit;
using Credence.Grants;
using Credence.Organizations;
using Credence.Policies;
using Credence.Proofs;
using Credence.Storage;

namespace Credence.Compliance;

/// <summary>
/// Evidence on its way out: of any size, and never held. The lists are counted and checked while they pass by, so ask for <see cref="Summary"/> and
/// <see cref="Integrity"/> when both have passed.
/// </summary>
public sealed class Evidence
{
    private readonly Db _db;
    private readonly ApiCaller _caller;
    private readonly Period _period;
    private readonly DateTimeOffset _now;
    private readonly LoggedSpan _span;
    private readonly ChainFollower _chain;
    private GrantCounts _grants = GrantCounts.None;
    private LoggedCounts _entries = LoggedCounts.None;

    internal Evidence(Db db, ApiCaller caller, Period period, DateTimeOffset now, LoggedSpan span, ChainFollower chain) =>
        (_db, _caller, _period, _now, _span, _chain) = (db, caller, period, now, span, chain);

    /// <summary>The organization's agents, in numbers.</summary>
    public required AgentCounts Agents { get; init; }

    /// <summary>The organization's policies.</summary>
    public required IReadOnlyList<Policy> Policies { get; init; }

    /// <summary>What was signed of the log, this part of it included; null when there is no log or it does not fit what was signed before.</summary>
    public required SignedCheckpoint? Checkpoint { get; init; }

    /// <summary>Whether what is stored does not fit what was signed before.</summary>
    public required bool IsDamaged { get; init; }

    /// <summary>The numbers of what has passed by.</summary>
    public Summary Summary => new(Agents, _grants, _entries, Policies.Count, _caller.Plan);

    /// <summary>Whether the log holds, as far as it has passed by.</summary>
    public ChainIntegrity Integrity => _chain.End() is { IsValid: true } holds && IsDamaged ? holds with { Reason = ChainBreak.Checkpoint } : _chain.End();

    /// <summary>The grants given in the period, newest first.</summary>
    public async IAsyncEnumerable<Grant> GrantsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var grant in GrantStore.AllAsync(_db, _caller.Organization, _period.Grants, ct))
        {
            _grants = _grants.And(grant, _now);
            yield return grant;
        }
    }

    /// <summary>What was logged in the period, oldest first. An entry that cannot be read is passed over here and named by <see cref="Integrity"/>.</summary>
    public async IAsyncEnumerable<LoggedEntry> EntriesAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var stored in StoredEntry.AllAsync(_db, _caller.Organization.ToString(), _span, ct))
        {
            await _chain.TakeAsync(stored, ct);
            if (stored.Entry is not { } entry) continue;
            _entries = _entries.And(entry.What.Status);
            yield return entry;
        }
    }
}
