using Credence.Storage;

namespace Credence.Audit;

/// <summary>A row of <c>audit_entries</c>: an entry with its place in its chain and in the tree. Nothing ever changes it but retention, which empties the body.</summary>
internal sealed record SealedEntry(
    Id<AuditEntry> Id,
    string Organization,
    string Chain,
    string Body,
    DateTimeOffset At,
    long Sequence,
    string Hash,
    string? PreviousHash,
    long Leaf,
    byte[] LeafHash,
    Logged? Logged,
    About? About)
{
    /// <summary>Adds them in a few statements.</summary>
    public static async Task AddAsync(DbTx tx, SealedEntry[] entries, CancellationToken ct)
    {
        foreach (var run in ManyRows.InRuns(entries))
        {
            await tx.LaterAsync(
                $"""
                insert into audit_entries (id, organization_id, chain, body, created_ms, seq, hash, prev_hash, leaf, leaf_hash,
                    agent_id, grant_id, principal_id, action, status, about_agent, about_type, outcome)
                {ManyRows.Values(run, entry => entry.ToSql())}
                """,
                ct);
        }
    }

    private Sql ToSql() =>
        $"""
        ({Id}, {Organization}, {Chain}, {Body}, {At}, {Sequence}, {Hash}, {PreviousHash}, {Leaf}, {LeafHash},
        {Logged?.Agent}, {Logged?.Grant}, {Logged?.Principal}, {Logged?.Action}, {Logged?.Status}, {About?.Agent}, {About?.Type}, {About?.Outcome})
        """;
}
