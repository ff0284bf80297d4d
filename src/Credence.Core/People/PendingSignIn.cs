using Credence.Storage;

namespace Credence.People;

/// <summary>Somebody passed a first factor, and has yet to show the second: for five minutes, once.</summary>
/// <param name="Hash">The SHA-256 of what they come back with.</param>
/// <param name="Person">Who.</param>
/// <param name="How">With what they began: <c>password</c>.</param>
/// <param name="First">What that was in the words of the token.</param>
/// <param name="ClientId">The program they say they use, or null.</param>
/// <param name="ExpiresAt">Until when.</param>
public sealed record PendingSignIn(string Hash, PersonId Person, string How, Authentication First, string? ClientId, DateTimeOffset ExpiresAt)
{
    /// <summary>How long there is to show it.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>How often it may be tried; then the first factor is asked for again.</summary>
    public const int MostAttempts = 5;

    internal static Sql Columns { get; } = Sql.Of($"hash, person_id, how, methods, client_id, expires_ms");

    internal static PendingSignIn Read(Row row) => new(
        row.Text("hash"), row.Person("person_id"), row.Text("how"), new Authentication(row.Texts("methods")), row.TextOrNull("client_id"), row.Time("expires_ms"));
}

/// <summary>Sign-ins that wait for a second factor. They are in the database: they go on while the shared state is away, and their tries are counted on all nodes together.</summary>
public static class PendingSignIns
{
    /// <summary>Adds one.</summary>
    public static Task AddAsync(DbTx tx, PendingSignIn pending, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into pending_sign_ins (hash, person_id, how, methods, client_id, attempts, expires_ms)
            values ({pending.Hash}, {pending.Person}, {pending.How}, {pending.First.Methods}, {pending.ClientId}, 0, {pending.ExpiresAt})
            """,
            ct);

    /// <summary>One that goes on, or null.</summary>
    public static Task<PendingSignIn?> FindAsync(DbSession db, string hash, DateTimeOffset now, CancellationToken ct) =>
        db.FirstAsync(
            $"select {PendingSignIn.Columns} from pending_sign_ins where hash = {hash} and expires_ms > {now} and attempts < {PendingSignIn.MostAttempts}",
            PendingSignIn.Read, ct);

    /// <summary>Counts a try, before it is looked at.</summary>
    /// <returns>Which try it is, each number given once; null when there were as many as there may be, or it is over.</returns>
    public static async Task<int?> TryAsync(DbTx tx, string hash, DateTimeOffset now, CancellationToken ct)
    {
        var tried = await tx.ListAsync(
            $"""
            update pending_sign_ins set attempts = attempts + 1 where hash = {hash} and expires_ms > {now} and attempts < {PendingSignIn.MostAttempts}
            returning attempts
            """,
            row => row.Int("attempts"), ct);
        return tried.Count == 1 ? tried[0] : null;
    }

    /// <summary>Ends one because a session comes of it.</summary>
    /// <returns>False when it was ended: of any number of callers one is told true.</returns>
    public static async Task<bool> SpendAsync(DbTx tx, string hash, CancellationToken ct) =>
        await tx.ExecuteAsync($"delete from pending_sign_ins where hash = {hash}", ct) == 1;

    /// <summary>Ends all of somebody's.</summary>
    public static Task EndAllAsync(DbTx tx, PersonId person, CancellationToken ct) => tx.LaterAsync($"delete from pending_sign_ins where person_id = {person}", ct);

    /// <summary>Deletes those whose time is over.</summary>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"delete from pending_sign_ins where expires_ms <= {now}", ct);
}
