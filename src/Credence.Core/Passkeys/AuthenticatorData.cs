using System.Buffers.Binary;

namespace Credence.Passkeys;

/// <summary>What an authenticator says of itself and of the ceremony (WebAuthn Level 3, 6.1).</summary>
/// <param name="RelyingParty">SHA-256 of the id of whom it thinks it speaks to.</param>
/// <param name="Flags">What it made sure of.</param>
/// <param name="SignCount">How often the key has signed; 0 when it does not count.</param>
/// <param name="New">The credential it made; null when it signed with one that was there.</param>
internal sealed record AuthenticatorData(ReadOnlyMemory<byte> RelyingParty, AuthenticatorFlags Flags, long SignCount, NewCredential? New)
{
    private const int HeadLength = 37;
    private const int LongestCredentialId = 1023; // WebAuthn 7.1, step 25

    /// <summary>Reads all of it.</summary>
    /// <exception cref="FormatException">It is cut off, says what its flags do not, or something comes after it.</exception>
    public static AuthenticatorData Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < HeadLength) throw new FormatException("authenticator data that ends too early");
        var flags = (AuthenticatorFlags)bytes.Span[32];
        var rest = bytes[HeadLength..];
        var made = flags.HasFlag(AuthenticatorFlags.NewCredential) ? ReadNew(ref rest) : null;
        if (flags.HasFlag(AuthenticatorFlags.Extensions))
        {
            if (Cbor.ReadFirst(rest, out var length) is not Dictionary<object, object?>) throw new FormatException("extensions that are not a map");
            rest = rest[length..];
        }

        if (rest.Length > 0) throw new FormatException("bytes after the authenticator data");
        return new(bytes[..32], flags, BinaryPrimitives.ReadUInt32BigEndian(bytes.Span[33..]), made);
    }

    private static NewCredential ReadNew(ref ReadOnlyMemory<byte> rest)
    {
        if (rest.Length < 18) throw new FormatException("a credential that ends too early");
        var aaguid = new Guid(rest.Span[..16], bigEndian: true);
        var idLength = BinaryPrimitives.ReadUInt16BigEndian(rest.Span[16..]);
        if (idLength is 0 or > LongestCredentialId || rest.Length < 18 + idLength) throw new FormatException("a credential id of a bad length");
        var id = rest.Slice(18, idLength);
        var key = rest[(18 + idLength)..];
        Cbor.ReadFirst(key, out var keyLength);
        rest = key[keyLength..];
        return new(aaguid, id, key[..keyLength]);
    }
}

/// <summary>A credential just made (WebAuthn 6.5.1).</summary>
/// <param name="Aaguid">The make and model of the authenticator; zero when it does not say.</param>
/// <param name="Id">How the authenticator finds it again.</param>
/// <param name="PublicKey">Its public key, in COSE form.</param>
internal sealed record NewCredential(Guid Aaguid, ReadOnlyMemory<byte> Id, ReadOnlyMemory<byte> PublicKey);

/// <summary>What an authenticator made sure of (WebAuthn 6.1).</summary>
[Flags]
internal enum AuthenticatorFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Somebody was there.</summary>
    UserPresent = 0x01,

    /// <summary>It was the owner: by finger, face, PIN.</summary>
    UserVerified = 0x04,

    /// <summary>The key may be copied to the owner's other devices.</summary>
    BackupEligible = 0x08,

    /// <summary>It has been.</summary>
    BackedUp = 0x10,

    /// <summary>A new credential follows.</summary>
    NewCredential = 0x40,

    /// <summary>Extensions follow.</summary>
    Extensions = 0x80,
}
