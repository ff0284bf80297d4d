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
        return tx.LaterAsync(
            $"""
            insert into audit_pending (organization_id, id, body, created_ms)
            values ({happened.Organization}, {id}, {CanonicalJson.Write(members)}, {now})
            """,
            ct);
    }
}
