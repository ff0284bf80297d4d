using System.Reflection;
using System.Runtime.InteropServices;

namespace Credence.Keys;

/// <summary>The functions used of libsodium, the operating system's own (design section 4).</summary>
internal static unsafe partial class Sodium
{
    private const string Library = "libsodium";

    static Sodium()
    {
        NativeLibrary.SetDllImportResolver(typeof(Sodium).Assembly, Resolve);
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

    /// <summary>An assembly has one resolver: a second native library gets its line here.</summary>
    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library) return IntPtr.Zero;
        string[] files = OperatingSystem.IsWindows() ? ["libsodium.dll"]
            : OperatingSystem.IsMacOS() ? ["libsodium.dylib", "/opt/homebrew/lib/libsodium.dylib", "/usr/local/lib/libsodium.dylib"]
            : ["libsodium.so.23", "libsodium.so.26"];
        foreach (var file in files)
        {
            if (NativeLibrary.TryLoad(file, out var library)) return library;
        }

        throw new DllNotFoundException("libsodium is missing: install the operating system's package (Debian and Ubuntu: libsodium23)");
    }
}
