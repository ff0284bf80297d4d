namespace Credence.OneTimeCodes;

/// <summary>Whose code it is, and where it goes.</summary>
/// <param name="PersonId">The person it will speak for.</param>
/// <param name="Target">The mail address or phone number it is sent to.</param>
public sealed record CodeRecipient(string PersonId, string Target);

/// <summary>A request that was admitted.</summary>
/// <param name="SessionToken">What must come back with the code.</param>
/// <param name="ExpiresAt">Until when.</param>
public sealed record RequestedCode(string SessionToken, DateTimeOffset ExpiresAt);

/// <summary>A code that came back right.</summary>
/// <param name="Identifier">The identifier it was asked for.</param>
/// <param name="Recipient">Whose it was, and where it was sent.</param>
public sealed record VerifiedCode(string Identifier, CodeRecipient Recipient);

/// <summary>The fields of a code's record in shared state (contract identity B.6).</summary>
internal static class CodeRecord
{
    /// <summary>How many wrong codes were sent for it.</summary>
    public const string Attempts = "attempts";

    private const string Code = "code";
    private const string Session = "sessionToken";
    private const string Person = "userId";
    private const string Target = "target";
    private const string Created = "createdAt";

    /// <summary>A new record. It names no person yet, and for its target what was asked for.</summary>
    public static Dictionary<string, string> New(string codeHash, string sessionToken, string identifier, DateTimeOffset now) => new(StringComparer.Ordinal)
    {
        [Code] = codeHash,
        [Attempts] = "0",
        [Session] = Secret.Hash(sessionToken),
        [Target] = identifier,
        [Created] = now.Iso(),
    };

    /// <summary>What a record says besides once it is known whose it is.</summary>
    public static Dictionary<string, string> For(string codeHash, CodeRecipient recipient) => new(StringComparer.Ordinal)
    {
        [Code] = codeHash,
        [Person] = recipient.PersonId,
        [Target] = recipient.Target,
    };

    /// <summary>By what a session's record is known.</summary>
    public static KeyValuePair<string, string> Holder(string sessionToken) => new(Session, Secret.Hash(sessionToken));

    /// <summary>The attempt to take a record with a code.</summary>
    public static State.Guess Guess(string codeHash, string sessionToken, int attempts) => new(Holder(sessionToken), new(Code, codeHash), Attempts, attempts);

    /// <summary>Whose it is.</summary>
    public static CodeRecipient Recipient(IReadOnlyDictionary<string, string> fields) => new(fields[Person], fields[Target]);
}
