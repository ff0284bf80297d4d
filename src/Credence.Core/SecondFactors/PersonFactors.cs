using Credence.Passkeys;
using Credence.Storage;

namespace Credence.SecondFactors;

/// <summary>What somebody shows after a password.</summary>
public enum SecondFactor
{
    /// <summary>A code that their device makes (RFC 6238).</summary>
    Totp,

    /// <summary>A passkey.</summary>
    Passkey,

    /// <summary>A code they kept for when they have neither.</summary>
    RecoveryCode,
}

/// <summary>Which second factors somebody has.</summary>
/// <param name="TotpSince">Since when codes of their app are asked for, or null.</param>
/// <param name="PasskeyAskedSince">Since when they want to be asked for a passkey, or null.</param>
/// <param name="Passkeys">How many passkeys they have.</param>
/// <param name="RecoveryCodes">How many recovery codes are left.</param>
public sealed record PersonFactors(DateTimeOffset? TotpSince, DateTimeOffset? PasskeyAskedSince, int Passkeys, int RecoveryCodes)
{
    /// <summary>Whether a second factor is asked for. Somebody whose last passkey is gone is asked for none: nobody could show it.</summary>
    public bool AreAsked => TotpSince is not null || IsPasskeyAsked;

    /// <summary>Whether they want to be asked for a passkey, and have one.</summary>
    public bool IsPasskeyAsked => PasskeyAskedSince is not null && Passkeys > 0;

    /// <summary>What they may show.</summary>
    public IReadOnlyList<SecondFactor> Ways => [.. Enum.GetValues<SecondFactor>().Where(Has)];

    /// <summary>Whether they may show this one.</summary>
    public bool Has(SecondFactor factor) => factor switch
    {
        SecondFactor.Totp => TotpSince is not null,
        SecondFactor.Passkey => Passkeys > 0,
        _ => RecoveryCodes > 0,
    };

    /// <summary>Somebody's, in one statement.</summary>
    public static async Task<PersonFactors> OfAsync(DbSession db, PersonId person, CancellationToken ct) =>
        await db.FirstAsync(
            $"""
            select p.passkey_asked_ms, t.confirmed_ms,
                (select count(*) from passkeys k where k.realm = {PasskeyOwner.People} and k.owner = {person.ToString()}) as passkeys,
                (select count(*) from person_recovery_codes c where c.person_id = p.id and c.used_ms is null) as codes
            from people p left join person_totp t on t.person_id = p.id
            where p.id = {person}
            """,
            Read, ct) ?? new PersonFactors(null, null, 0, 0);

    /// <summary>Notes that somebody wants to be asked for a passkey. The caller holds their row.</summary>
    internal static Task AskPasskeyAsync(DbTx tx, PersonId person, DateTimeOffset since, CancellationToken ct) =>
        tx.LaterAsync($"update people set passkey_asked_ms = {since} where id = {person}", ct);

    /// <summary>Somebody is asked for one no more; where none is left to ask for, their recovery codes go too. The caller holds their row.</summary>
    /// <returns>False when it was not asked for.</returns>
    internal static async Task<bool> RemoveAsync(DbTx tx, PersonId person, SecondFactor factor, CancellationToken ct)
    {
        var removed = factor == SecondFactor.Totp
            ? await TotpStore.RemoveAsync(tx, person, ct)
            : await tx.ExecuteAsync($"update people set passkey_asked_ms = null where id = {person} and passkey_asked_ms is not null", ct) == 1;
        if (removed && !(await OfAsync(tx, person, ct)).AreAsked) await SecondFactors.RecoveryCodes.RemoveAsync(tx, person, ct);
        return removed;
    }

    private static PersonFactors Read(Row row) => new(row.TimeOrNull("confirmed_ms"), row.TimeOrNull("passkey_asked_ms"), row.Int("passkeys"), row.Int("codes"));
}
