using System.Diagnostics.CodeAnalysis;

namespace Credence.Tokens;

/// <summary>Why a compact JWS was refused: for the log, in the words of <see cref="Storage.Words"/>; callers hear less.</summary>
public enum JwsRefusal
{
    /// <summary>Not three parts of canonical base64url, or a header that is not a JSON object with each member once, or a payload that is not UTF-8.</summary>
    Malformed,

    /// <summary>Over 16 KiB.</summary>
    TooLong,

    /// <summary><c>alg</c> is not the one that was asked for, or the key is for another.</summary>
    AlgNotAllowed,

    /// <summary>The header demands an extension (<c>crit</c>, RFC 7515 4.1.11); none is understood.</summary>
    CritNotSupported,

    /// <summary><c>typ</c> is not the one of the kind that was asked for.</summary>
    WrongTyp,

    /// <summary>No published key has this <c>kid</c>.</summary>
    UnknownKid,

    /// <summary>The signature is not the key's for this text.</summary>
    BadSignature,
}

/// <summary>What the verifier says of a compact JWS.</summary>
/// <param name="Payload">The signed bytes, UTF-8; null when it was refused.</param>
/// <param name="Refusal">Why it was refused; null when it was not.</param>
public readonly record struct JwsResult(byte[]? Payload, JwsRefusal? Refusal)
{
    /// <summary>Whether the signature is good and everything about the token is as asked.</summary>
    [MemberNotNullWhen(true, nameof(Payload))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Succeeded => Payload is not null;

    internal static JwsResult Refused(JwsRefusal why) => new(null, why);
}
