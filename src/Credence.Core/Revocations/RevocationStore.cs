using Credence.Storage;

namespace Credence.Revocations;

/// <summary>Revocation marks in the database.</summary>
public static class RevocationStore
{
    private const int PerStatement = 500;

    /// <summary>Adds marks, or renews those that are there.</summary>
    /// <remarks>
    /// Call it last before the commit: positions are given under one row, which this transaction then holds, so that they become visible in
    /// their order and a node that follows them misses none (design D16).
    /// </remarks>
    public static async Task AddAsync(DbTx tx, IReadOnlyList<Revocation> marks, CancellationToken ct)
    {
        if (marks.Count == 0) return;
        var last = await tx.NumberAsync($"update heads set value = value + {marks.Count} where name = 'revocations' returning value as n", ct);
        var position = last - marks.Count;
        foreach (var some in marks.Chunk(PerStatement))
        {
            var rows = Sql.None;
            foreach (var mark in some)
            {
                if (rows.Values.Count > 0) rows.AppendLiteral(", ");
                rows.AppendFormatted<Sql>($"({mark.Kind}, {mark.Id}, {mark.NotBefore}, {mark.Expires}, {mark.Lifted}, {++position})");
            }

            await tx.ExecuteAsync(
                $"""
                insert into revocations (kind, id, not_before_ms, expires_ms, lifted, position) values {rows}
                on conflict (kind, id) do update set not_before_ms = excluded.not_before_ms, expires_ms = excluded.expires_ms,
                    lifted = excluded.lifted, position = excluded.position
                """,
                ct);
        }
    }

    /// <summary>The next marks after <paramref name="position"/>, in order.</summary>
    public static Task<List<Revocation>> AfterAsync(DbSession db, long position, int most, CancellationToken ct) =>
        db.ListAsync($"select {Revocation.Columns} from revocations where position > {position} order by position limit {most}", Revocation.Read, ct);

    /// <summary>Deletes marks that can concern nothing any more.</summary>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"delete from revocations where expires_ms < {now}", ct);
}
