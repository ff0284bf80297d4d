using System.Collections.Concurrent;

namespace Credence.Keys;

/// <summary>A key that signs and verifies, or only verifies. Safe for many threads at once.</summary>
public sealed class SigningKey
{
    private readonly KeyPair _pair;

    /// <summary>The protected header of this key's tokens in base64url, by <c>typ</c>; there are as many as token kinds.</summary>
    private readonly ConcurrentDictionary<string, string> _headers = new(StringComparer.Ordinal);

    internal SigningKey(KeyPair pair)
        : this(pair, pair.Jwk)
    {
    }

    private SigningKey(KeyPair pair, PublicJwk jwk)
    {
        _pair = pair;
        Jwk = jwk;
        Algorithm = Enum.Parse<KeyAlgorithm>(Jwk.Alg);
    }

    /// <summary>The key's name: its RFC 7638 thumbprint, the same at every node and after every restart.</summary>
    public string Kid => Jwk.Kid;

    /// <summary>The one algorithm it is used with.</summary>
    public KeyAlgorithm Algorithm { get; }

    /// <summary>The public part.</summary>
    public PublicJwk Jwk { get; }

    /// <summary>Whether the private part is here.</summary>
    public bool CanSign => _pair.CanSign;

    /// <summary>The length of every signature of this key, in bytes.</summary>
    public int SignatureLength => _pair.SignatureLength;

    internal KeyPair Pair => _pair;

    /// <summary>A new key of the algorithm's usual size: RSA 2048, P-256, Ed25519.</summary>
    public static SigningKey Generate(KeyAlgorithm algorithm) => new(KeyPair.Generate(algorithm));

    /// <summary>A new key whose name begins with <paramref name="prefix"/>, so that nobody takes it for one that was given or kept.</summary>
    public static SigningKey Generate(KeyAlgorithm algorithm, string prefix)
    {
        var pair = KeyPair.Generate(algorithm);
        return new SigningKey(pair, pair.Jwk with { Kid = prefix + pair.Jwk.Kid });
    }

    /// <summary>A key that only verifies.</summary>
    public static SigningKey FromJwk(PublicJwk jwk) => new(KeyPair.FromJwk(jwk));

    /// <summary>Signs <paramref name="data"/> in the form JWS wants (RFC 7518 3.3, 3.4; RFC 8037 3.1).</summary>
    /// <exception cref="InvalidOperationException">The private part is not here.</exception>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        if (!CanSign) throw new InvalidOperationException($"key {Kid} only verifies");
        var signature = new byte[SignatureLength];
        _pair.Sign(data, signature);
        return signature;
    }

    /// <summary>Whether <paramref name="signature"/> is this key's for <paramref name="data"/>.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureLength && _pair.Verify(data, signature);

    /// <inheritdoc/>
    public override string ToString() => $"{Algorithm} {Kid}";

    internal string Header(string? typ, Func<SigningKey, string?, string> write) =>
        _headers.GetOrAdd(typ ?? "", static (text, with) => with.write(with.key, text.Length == 0 ? null : text), (key: this, write));
}
