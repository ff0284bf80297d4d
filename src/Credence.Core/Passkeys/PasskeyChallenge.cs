using System.Security.Cryptography;
using Credence.Storage;

namespace Credence.Passkeys;

/// <summary>What a passkey is asked to sign: for one owner and purpose, for five minutes, once.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Value">The 32 bytes to sign.</param>
/// <param name="Owner">Whom it is for.</param>
/// <param name="Purpose">What the answer will be good for.</param>
/// <param name="Subject">With or about what: a session, a consent request.</param>
/// <param name="Details">What must be known again when the answer comes.</param>
/// <param name="ExpiresAt">Until when.</param>
public sealed record PasskeyChallenge(
    Id<PasskeyChallenge> Id, byte[] Value, PasskeyOwner Owner, PasskeyPurpose Purpose, string Subject, string Details, DateTimeOffset ExpiresAt) : IIdentified
{
    /// <summary>How long there is to answer.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public static string IdPrefix => "wac_";

    /// <summary>A new challenge of random bytes.</summary>
    public static PasskeyChallenge New(PasskeyOwner owner, PasskeyPurpose purpose, string subject, string details, DateTimeOffset now) =>
        Of(RandomNumberGenerator.GetBytes(32), owner, purpose, subject, details, now);

    /// <summary>A new challenge that is bound to a statement: the answer signs what the statement says. It must be random somewhere.</summary>
    public static PasskeyChallenge For(string statement, PasskeyOwner owner, PasskeyPurpose purpose, string subject, DateTimeOffset now) =>
        Of(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(statement)), owner, purpose, subject, statement, now);

    internal static Sql Columns { get; } = Sql.Of($"id, value, realm, owner, purpose, subject, details, expires_ms");

    internal static PasskeyChallenge Read(Row row) => new(
        row.Id<PasskeyChallenge>("id"), row.Bytes("value"), new PasskeyOwner(row.Text("realm"), row.Text("owner")), row.Word<PasskeyPurpose>("purpose"),
        row.Text("subject"), row.Text("details"), row.Time("expires_ms"));

    private static PasskeyChallenge Of(byte[] value, PasskeyOwner owner, PasskeyPurpose purpose, string subject, string details, DateTimeOffset now) =>
        new(Id<PasskeyChallenge>.New(now), value, owner, purpose, subject, details, now + Life);
}

/// <summary>What the answer to a challenge is good for.</summary>
public enum PasskeyPurpose
{
    /// <summary>A new passkey.</summary>
    Enrol,

    /// <summary>A decision about a consent request.</summary>
    Consent,

    /// <summary>Signing in, without saying first who it is.</summary>
    SignIn,

    /// <summary>The second factor of one sign-in.</summary>
    SecondFactor,
}
