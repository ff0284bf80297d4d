using System.Security.Cryptography;
using Credence.Storage;

namespace Credence.SecondFactors;

/// <summary>Recovery codes as their owner sees them, once.</summary>
/// <param name="Codes">The codes; none when they have some from before.</param>
public sealed record RecoverySheet(IReadOnlyList<string> Codes)
{
    /// <inheritdoc/>
    public override string ToString() => "[secret]";
}

/// <summary>
/// Codes to be kept on paper, for whoever lost their device: ten, each good once. One has 80 bits, written so that it can be typed: <c>7k2m-9qxd-…</c>; of each the store
/// has the SHA-256, with the person in it (docs/decisions/0044).
/// </summary>
public static class RecoveryCodes
{
    /// <summary>How many there are.</summary>
    public const int Count = 10;

    private const int Length = 16, Group = 4;
    private const string Signs = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford's: none looks like another

    /// <summary>What is stored of one, however it was typed.</summary>
    internal static string Hash(PersonId person, string typed) => Secret.Hash($"recovery code of {person}: {Normalize(typed)}");

    /// <summary>Makes somebody's first ones. The caller holds their row.</summary>
    /// <returns>The codes; none when some are left from before.</returns>
    internal static async Task<RecoverySheet> MakeFirstAsync(DbTx tx, PersonId person, DateTimeOffset now, CancellationToken ct) =>
        await tx.NumberAsync($"select count(*) as n from person_recovery_codes where person_id = {person} and used_ms is null", ct) > 0 ? new RecoverySheet([]) : await ReplaceAsync(tx, person, now, ct);

    /// <summary>Makes new ones in the place of all of somebody's. The caller holds their row.</summary>
    internal static async Task<RecoverySheet> ReplaceAsync(DbTx tx, PersonId person, DateTimeOffset now, CancellationToken ct)
    {
        await RemoveAsync(tx, person, ct);
        string[] codes = [.. Enumerable.Range(0, Count).Select(_ => NewCode())];
        foreach (var code in codes)
        {
            await tx.LaterAsync($"insert into person_recovery_codes (person_id, hash, created_ms) values ({person}, {Hash(person, code)}, {now})", ct);
        }

        return new RecoverySheet(codes);
    }

    /// <summary>Removes all of somebody's.</summary>
    internal static Task RemoveAsync(DbTx tx, PersonId person, CancellationToken ct) => tx.LaterAsync($"delete from person_recovery_codes where person_id = {person}", ct);

    /// <summary>Whether somebody has such a code that was not used.</summary>
    internal static async Task<bool> IsThereAsync(DbSession db, PersonId person, string hash, CancellationToken ct) =>
        await db.NumberAsync($"select count(*) as n from person_recovery_codes where person_id = {person} and hash = {hash} and used_ms is null", ct) == 1;

    /// <summary>Uses one.</summary>
    /// <returns>False when it was used: of any number of callers one is told true.</returns>
    internal static async Task<bool> SpendAsync(DbTx tx, PersonId person, string hash, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync($"update person_recovery_codes set used_ms = {now} where person_id = {person} and hash = {hash} and used_ms is null", ct) == 1;

    private static string NewCode() =>
        string.Join('-', RandomNumberGenerator.GetString(Signs, Length).Chunk(Group).Select(four => new string(four)));

    /// <summary>Without what stands between, in small letters, and a letter that was taken for a digit as the digit.</summary>
    private static string Normalize(string typed) => string.Concat(typed.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit).Select(sign => sign switch
    {
        'o' => '0',
        'i' or 'l' => '1',
        _ => sign,
    }));
}
