using Credence.Storage;

namespace Credence.Audit;

/// <summary>How many entries an organization may log, and what it is told beyond that.</summary>
/// <param name="Most">The number.</param>
/// <param name="Refusal">The answer to one more.</param>
public sealed record LogAllowance(long Most, Failure Refusal);

/// <summary>
/// A developer logs what an agent did, and gets its hash at once (contract grantex-core 7). Entries that come together, whoever logs them,
/// are committed together (design D16).
/// </summary>
public sealed class LogEntry
{
    private const int PerTransaction = 500;

    private readonly Db _db;
    private readonly TimeProvider _clock;
    private readonly GroupCommit<Part, Result<LoggedEntry>> _commits;

    /// <summary>One for the process: it is what its callers share.</summary>
    public LogEntry(Db db, TimeProvider clock)
    {
        _db = db;
        _clock = clock;
        _commits = new(CommitAsync, db.Engine.IsUnavailable, PerTransaction);
    }

    private sealed record Part(string Organization, LogAllowance? Allowance, Logged What);

    /// <returns>The entry, or that the allowance is used up; null allows any number.</returns>
    public Task<Result<LoggedEntry>> RunAsync(string organization, LogAllowance? allowance, Logged what, CancellationToken ct) =>
        _commits.AddAsync(new Part(organization, allowance, what), ct);

    private async Task<IReadOnlyList<Result<LoggedEntry>>> CommitAsync(IReadOnlyList<Part> parts)
    {
        var ct = CancellationToken.None; // no caller's end may end the others' entries
        await using var tx = await _db.BeginAsync(ct);
        var chains = await HeldChain.HoldAsync(tx, AuditLog.ApplicationChain, parts.Select(part => part.Organization), ct);
        var now = _clock.Now();
        var outcomes = parts.Select(part => Append(chains[part.Organization], part, now)).ToList();
        await HeldChain.SaveAsync(tx, chains.Values, ct);
        await tx.CommitAsync();
        return outcomes;
    }

    private static Result<LoggedEntry> Append(HeldChain chain, Part part, DateTimeOffset now)
    {
        if (part.Allowance is { } allowance && chain.Sequence >= allowance.Most) return allowance.Refusal;
        var id = Id<AuditEntry>.NewAfter(chain.LastId, now);
        var (at, previous) = (id.BornAt, chain.Hash);
        var hash = chain.Append(id, at, LoggedEntry.Body(id, part.Organization, part.What, at, previous), part.What);
        return new LoggedEntry(id, chain.Sequence, part.Organization, part.What, at, hash, previous);
    }
}
