using Credence.Storage;

namespace Credence.Audit;

/// <summary>Records what happened without changing anything else, such as a failed sign-in; what comes at once shares a transaction (design D16).</summary>
public sealed class RecordAudit
{
    private const int PerTransaction = 500;

    private readonly Db _db;
    private readonly TimeProvider _clock;
    private readonly GroupCommit<AuditEvent, bool> _commits;

    /// <summary>One for the process: it is what its callers share.</summary>
    public RecordAudit(Db db, TimeProvider clock)
    {
        (_db, _clock) = (db, clock);
        _commits = new(CommitAsync, db.Engine.IsUnavailable, PerTransaction);
    }

    /// <summary>Waits until it is durable.</summary>
    public Task RunAsync(AuditEvent happened, CancellationToken ct) => _commits.AddAsync(happened, ct);

    private async Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<AuditEvent> happened)
    {
        await using var tx = await _db.BeginAsync(CancellationToken.None); // no caller's end may end the others' entries
        await AuditLog.AppendAsync(tx, happened, _clock.Now(), CancellationToken.None);
        await tx.CommitAsync();
        return [.. happened.Select(_ => true)];
    }
}
