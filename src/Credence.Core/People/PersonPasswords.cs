using Credence.Storage;

namespace Credence.People;

/// <summary>The hashes of people's passwords.</summary>
public static class PersonPasswords
{
    private sealed record Kept(string Hash);

    /// <summary>Somebody's hash; null when they have no password.</summary>
    public static async Task<string?> FindAsync(DbSession db, PersonId person, CancellationToken ct) =>
        (await db.FirstAsync($"select hash from person_passwords where person_id = {person}", row => new Kept(row.Text("hash")), ct))?.Hash;

    /// <summary>Sets it, whatever it was.</summary>
    public static Task SetAsync(DbTx tx, PersonId person, string hash, DateTimeOffset now, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into person_passwords (person_id, hash, changed_ms) values ({person}, {hash}, {now})
            on conflict (person_id) do update set hash = excluded.hash, changed_ms = excluded.changed_ms
            """,
            ct);

    /// <summary>Exchanges it for another.</summary>
    /// <returns>False when it is not <paramref name="before"/> any more: somebody changed it meanwhile.</returns>
    public static async Task<bool> ExchangeAsync(DbTx tx, PersonId person, string before, string hash, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync($"update person_passwords set hash = {hash}, changed_ms = {now} where person_id = {person} and hash = {before}", ct) == 1;

    /// <summary>Whether it is still this one.</summary>
    public static async Task<bool> IsStillAsync(DbTx tx, PersonId person, string hash, CancellationToken ct) =>
        await tx.NumberAsync($"select count(*) as n from person_passwords where person_id = {person} and hash = {hash}", ct) == 1;
}
