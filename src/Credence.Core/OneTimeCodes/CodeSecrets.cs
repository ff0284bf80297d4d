using System.Security.Cryptography;
using System.Text;
using Credence.Keys;
using Credence.Telemetry;

namespace Credence.OneTimeCodes;

/// <summary>What codes are hashed with and session tokens sealed with.</summary>
public sealed class CodeOptions
{
    /// <summary><c>APP_ENV_APPLICATION_SECRET</c>; null for a key derived from the one that secrets are encrypted under.</summary>
    public string? ApplicationSecret { get; init; }
}

/// <summary>
/// Makes codes and session tokens, and knows them again. Nothing is stored for a session token: it carries its identifier sealed, so that it says
/// the same of an identifier that somebody has and of one that nobody has.
/// </summary>
public sealed class CodeSecrets
{
    /// <summary>How many digits a code has (contract identity B.1).</summary>
    public const int Digits = 6;

    private const string Sealed = "otp.session";

    private readonly byte[] _hashing;
    private readonly Envelope _seal;

    internal CodeSecrets(CodeOptions options, Envelope envelope)
    {
        var root = options.ApplicationSecret is { } secret ? Encoding.UTF8.GetBytes(secret) : envelope.Keys[0].Bytes;
        _hashing = HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, info: "credence one-time codes, 1"u8.ToArray());
        _seal = new Envelope(EnvelopeKey.Data(HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, info: "credence one-time code sessions, 1"u8.ToArray())));
    }

    /// <summary>Six digits, each code as likely as any other.</summary>
    internal static string NewCode() => RandomNumberGenerator.GetInt32(1_000_000).ToString("D6");

    /// <summary>What stands in for a code that no one is to find: 128 bits.</summary>
    internal static string NewImpossible() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>
    /// What is stored: HMAC-SHA-256 over <c>namespace|identifier|code</c> (contract identity B.6). A keyed hash, since a million codes are hashed in a
    /// moment, however slow one is; without the key the store tells nothing.
    /// </summary>
    internal string Hash(CodeKeys keys, string code) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_hashing, Encoding.UTF8.GetBytes($"{keys.Namespace.Word()}|{keys.Identifier}|{code}")));

    /// <summary>A token for one request; never the same twice.</summary>
    internal string NewSession(CodeKeys keys) => _seal.Protect(Sealed, keys.Namespace.Word(), Encoding.UTF8.GetBytes(keys.Identifier));

    /// <summary>Whose code a session token waits for; null when it was not made here for this namespace.</summary>
    internal CodeKeys? Open(CodeNamespace ns, string sessionToken) =>
        _seal.Open(Sealed, ns.Word(), sessionToken) is { } identifier ? new CodeKeys(ns, Encoding.UTF8.GetString(identifier)) : null;
}
