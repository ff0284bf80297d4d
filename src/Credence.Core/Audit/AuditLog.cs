using Credence.Storage;

namespace Credence.Audit;

/// <summary>
/// The append-only log. An entry commits with the change it describes, without a number, so that writers of one organization do not queue;
/// <see cref="SealAudit"/> numbers and chains it right after (design D7, D16).
/// </summary>
public static class AuditLog
{
    internal const string SystemChain = "system";
    internal const string ApplicationChain = "application";

    /// <summary>Appends <paramref name="happened"/> in the transaction of the change: if it cannot be written, the change does not happen.</summary>
    public static Task AppendAsync(DbTx tx, AuditEvent happened, DateTimeOffset now, CancellationToken ct)
    {
        var (id, body) = Write(happened, now);
        return tx.LaterAsync(
            $"""
            insert into audit_pending (organization_id, id, body, created_ms)
            values ({happened.Organization}, {id}, {body}, {now})
            """,
            ct);
    }

    /// <summary>Appends what happened to many callers at once, in one transaction of theirs together (design D16).</summary>
    public static async Task AppendAsync(DbTx tx, IReadOnlyCollection<AuditEvent> happened, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var run in ManyRows.InRuns(happened.ToArray()))
        {
            var rows = ManyRows.Values(run, one =>
            {
                var (id, body) = Write(one, now);
                return $"({one.Organization}, {id}, {body}, {now})";
            });
            await tx.LaterAsync($"insert into audit_pending (organization_id, id, body, created_ms) {rows}", ct);
        }
    }

    private static (Id<AuditEntry> Id, string Body) Write(AuditEvent happened, DateTimeOffset now)
    {
        var id = Id<AuditEntry>.New(now);
        var members = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["v"] = 1L,
            ["id"] = id.ToString(),
            ["organization"] = happened.Organization,
            ["time"] = now.Iso(),
            ["type"] = happened.Type,
            ["actor"] = happened.Actor,
            ["subject"] = happened.Subject,
            ["data"] = happened.Data,
        };
        if (happened.Origin?.Members() is { Count: > 0 } origin) members["origin"] = origin;
        return (id, CanonicalJson.Write(members));
    }
}
