namespace Credence.Storage;

/// <summary>Rounds that one node of the cluster runs: whoever holds the lease of that name (contract operations O33).</summary>
public static class Leases
{
    /// <summary>Takes a lease that is free or has run out, or renews one's own; one statement decides between the nodes.</summary>
    /// <returns>Whether <paramref name="holder"/> has it until <paramref name="until"/>.</returns>
    public static async Task<bool> TryTakeAsync(Db db, string name, string holder, DateTimeOffset until, DateTimeOffset now, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        var mine = await tx.ExecuteAsync(
            $"""
            insert into leases (name, holder, until_ms) values ({name}, {holder}, {until})
            on conflict (name) do update set holder = excluded.holder, until_ms = excluded.until_ms
            where leases.holder = excluded.holder or leases.until_ms <= {now}
            """,
            ct);
        await tx.CommitAsync();
        return mine == 1;
    }

    /// <summary>Gives a lease back, if <paramref name="holder"/> still has it.</summary>
    public static async Task ReleaseAsync(Db db, string name, string holder, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        await tx.ExecuteAsync($"delete from leases where name = {name} and holder = {holder}", ct);
        await tx.CommitAsync();
    }
}
