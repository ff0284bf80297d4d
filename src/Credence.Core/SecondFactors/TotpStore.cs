using Credence.Storage;

namespace Credence.SecondFactors;

/// <summary>Secrets of codes in the database, one for each person.</summary>
public static class TotpStore
{
    /// <summary>Somebody's, confirmed or not; null when they have none.</summary>
    public static Task<TotpSecret?> FindAsync(DbSession db, PersonId person, CancellationToken ct) =>
        db.FirstAsync($"select {TotpSecret.Columns} from person_totp where person_id = {person}", TotpSecret.Read, ct);

    /// <summary>Puts down a new one, in the place of one that was never confirmed.</summary>
    /// <returns>False when there is one that was.</returns>
    public static async Task<bool> BeginAsync(DbTx tx, PersonId person, string sealedSecret, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            insert into person_totp (person_id, secret, last_step, created_ms) values ({person}, {sealedSecret}, 0, {now})
            on conflict (person_id) do update set secret = excluded.secret, last_step = 0, created_ms = excluded.created_ms where person_totp.confirmed_ms is null
            """,
            ct) == 1;

    /// <summary>Confirms one by its first code, which is taken with that.</summary>
    /// <returns>False when it is confirmed by now, or another: of any number of callers one is told true.</returns>
    public static async Task<bool> ConfirmAsync(DbTx tx, TotpSecret secret, long step, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"update person_totp set confirmed_ms = {now}, last_step = {step} where person_id = {secret.Person} and secret = {secret.SealedSecret} and confirmed_ms is null", ct) == 1;

    /// <summary>Takes the code of a step.</summary>
    /// <returns>False when that step, or a later one, was taken: of any number of callers one is told true.</returns>
    public static async Task<bool> SpendAsync(DbTx tx, PersonId person, long step, CancellationToken ct) =>
        await tx.ExecuteAsync($"update person_totp set last_step = {step} where person_id = {person} and confirmed_ms is not null and last_step < {step}", ct) == 1;

    /// <summary>Removes somebody's.</summary>
    /// <returns>False when there was none that was confirmed.</returns>
    public static async Task<bool> RemoveAsync(DbTx tx, PersonId person, CancellationToken ct) =>
        await tx.ExecuteAsync($"delete from person_totp where person_id = {person} and confirmed_ms is not null", ct) == 1;

    /// <summary>Those behind a person, in order.</summary>
    public static Task<List<TotpSecret>> AfterAsync(DbSession db, PersonId last, int most, CancellationToken ct) =>
        db.ListAsync($"select {TotpSecret.Columns} from person_totp where person_id > {last} order by person_id limit {most}", TotpSecret.Read, ct);

    /// <summary>Keeps one under another key, unless it was changed meanwhile.</summary>
    public static Task RenewAsync(DbTx tx, TotpSecret secret, string renewed, CancellationToken ct) =>
        tx.LaterAsync($"update person_totp set secret = {renewed} where person_id = {secret.Person} and secret = {secret.SealedSecret}", ct);
}
