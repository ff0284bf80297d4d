using System.Runtime.InteropServices;
using System.Text;

namespace Credence.Keys;

/// <summary>The functions used of libsodium, the operating system's own (design section 4).</summary>
internal static unsafe partial class Sodium
{
    private const string Library = NativeLibraries.Sodium;
    private const int PasswordTextLength = 128; // crypto_pwhash_STRBYTES

    static Sodium()
    {
        NativeLibraries.Register();
        if (sodium_init() < 0) throw new InvalidOperationException("libsodium could not be initialized");
    }

    public static (byte[] Public, byte[] Secret) KeyPair(ReadOnlySpan<byte> seed)
    {
        var (publicKey, secret) = (new byte[32], new byte[64]);
        fixed (byte* pk = publicKey, sk = secret, from = seed) Require(crypto_sign_seed_keypair(pk, sk, from));
        return (publicKey, secret);
    }

    public static void Sign(ReadOnlySpan<byte> data, ReadOnlySpan<byte> secret, Span<byte> signature)
    {
        if (secret.Length != 64 || signature.Length < 64) throw new ArgumentException("wrong length");
        fixed (byte* sig = signature, from = data, sk = secret) Require(crypto_sign_detached(sig, null, from, (ulong)data.Length, sk));
    }

    public static bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != 32 || signature.Length != 64) return false;
        fixed (byte* sig = signature, from = data, pk = publicKey) return crypto_sign_verify_detached(sig, from, (ulong)data.Length, pk) == 0;
    }

    /// <summary>Argon2id with a salt of its own, as text that says its parameters (RFC 9106).</summary>
    /// <exception cref="InvalidOperationException">There is no memory for it.</exception>
    public static string HashPassword(ReadOnlySpan<byte> password, int passes, long memoryBytes)
    {
        Span<byte> text = stackalloc byte[PasswordTextLength];
        fixed (byte* to = text, from = password)
        {
            if (crypto_pwhash_str(to, from, (ulong)password.Length, (ulong)passes, (nuint)memoryBytes) != 0) throw new InvalidOperationException("there is no memory for a password hash");
        }

        return Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]);
    }

    /// <summary>Whether a text that <see cref="HashPassword"/> wrote, or another program of the same form, is of this password.</summary>
    public static bool VerifyPassword(string hash, ReadOnlySpan<byte> password)
    {
        if (hash.Length >= PasswordTextLength) return false;
        Span<byte> text = stackalloc byte[PasswordTextLength];
        text.Clear();
        Encoding.ASCII.GetBytes(hash, text);
        fixed (byte* with = text, from = password) return crypto_pwhash_str_verify(with, from, (ulong)password.Length) == 0;
    }

    private static void Require(int outcome)
    {
        if (outcome != 0) throw new InvalidOperationException("libsodium refused a call");
    }

    [LibraryImport(Library)]
    private static partial int sodium_init();

    [LibraryImport(Library)]
    private static partial int crypto_sign_seed_keypair(byte* publicKey, byte* secret, byte* seed);

    [LibraryImport(Library)]
    private static partial int crypto_sign_detached(byte* signature, ulong* length, byte* data, ulong dataLength, byte* secret);

    [LibraryImport(Library)]
    private static partial int crypto_sign_verify_detached(byte* signature, byte* data, ulong dataLength, byte* publicKey);

    [LibraryImport(Library)]
    private static partial int crypto_pwhash_str(byte* text, byte* password, ulong length, ulong passes, nuint memory);

    [LibraryImport(Library)]
    private static partial int crypto_pwhash_str_verify(byte* text, byte* password, ulong length);
}
