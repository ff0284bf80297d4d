using System.Security.Cryptography;
using Credence.Keys;
using Credence.Storage;

namespace Credence.SecondFactors;

/// <summary>What somebody's app makes codes of.</summary>
/// <param name="Person">Whose.</param>
/// <param name="SealedSecret">The secret, encrypted.</param>
/// <param name="LastStep">Of which half minute the last code was that was taken.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="ConfirmedAt">When the first right code came; null as long as it asks for nothing.</param>
public sealed record TotpSecret(PersonId Person, string SealedSecret, long LastStep, DateTimeOffset CreatedAt, DateTimeOffset? ConfirmedAt)
{
    /// <summary>How long a new one waits for its first code.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromMinutes(15);

    /// <inheritdoc/>
    public override string ToString() => $"{Person} [secret]";

    internal static Sql Columns { get; } = Sql.Of($"person_id, secret, last_step, created_ms, confirmed_ms");

    internal static TotpSecret Read(Row row) =>
        new(row.Person("person_id"), row.Text("secret"), row.Long("last_step"), row.Time("created_ms"), row.TimeOrNull("confirmed_ms"));
}

/// <summary>Encrypts the secrets of codes for the database, and opens them to compare.</summary>
public sealed class TotpBox(Envelope envelope)
{
    private const string Purpose = "person_totp.secret";

    /// <summary>A new secret: in base 32 for its owner, and encrypted.</summary>
    internal (string Shown, string Sealed) New(PersonId person)
    {
        var secret = RandomNumberGenerator.GetBytes(Totp.SecretLength);
        var made = (Base32.Write(secret), envelope.Protect(Purpose, person.ToString(), secret));
        CryptographicOperations.ZeroMemory(secret);
        return made;
    }

    /// <summary>A secret in base 32, for its owner; null when the key that opens it is not here.</summary>
    internal string? Show(TotpSecret secret)
    {
        if (envelope.Open(Purpose, secret.Person.ToString(), secret.SealedSecret) is not { } bytes) return null;
        var shown = Base32.Write(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return shown;
    }

    /// <summary>Of which half minute a code is; null when it is of none that counts, or the key that opens the secret is not here.</summary>
    internal long? Match(TotpSecret secret, string typed, DateTimeOffset now)
    {
        if (envelope.Open(Purpose, secret.Person.ToString(), secret.SealedSecret) is not { } bytes) return null;
        var step = Totp.Match(bytes, typed, secret.LastStep, now);
        CryptographicOperations.ZeroMemory(bytes);
        return step;
    }

    /// <summary>The same secret under the current key; null when it is under it already, or cannot be opened.</summary>
    internal string? Renew(TotpSecret secret)
    {
        var row = secret.Person.ToString();
        if (!envelope.NeedsReencryption(secret.SealedSecret) || envelope.Open(Purpose, row, secret.SealedSecret) is not { } bytes) return null;
        var renewed = envelope.Protect(Purpose, row, bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return renewed;
    }
}
