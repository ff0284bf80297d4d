using System.Reflection;
using System.Runtime.InteropServices;

namespace Credence;

/// <summary>Where the operating system keeps the libraries that are called (design section 4). An assembly has one resolver: each of them has its lines here.</summary>
internal static class NativeLibraries
{
    /// <summary>Ed25519 and Argon2id.</summary>
    public const string Sodium = "libsodium";

    /// <summary>bcrypt.</summary>
    public const string Crypt = "libcrypt";

    static NativeLibraries() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>Called before the first call of one of them; any number of times.</summary>
    public static void Register()
    {
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name is not (Sodium or Crypt)) return IntPtr.Zero;
        foreach (var file in name == Sodium ? SodiumFiles() : CryptFiles())
        {
            if (NativeLibrary.TryLoad(file, out var library)) return library;
        }

        throw new DllNotFoundException(name == Sodium
            ? "libsodium is missing: install the operating system's package (Debian and Ubuntu: libsodium23)"
            : "libcrypt is missing: install the operating system's package (Debian and Ubuntu: libcrypt1)");
    }

    private static string[] SodiumFiles() => OperatingSystem.IsWindows() ? ["libsodium.dll"]
        : OperatingSystem.IsMacOS() ? ["libsodium.dylib", "/opt/homebrew/lib/libsodium.dylib", "/usr/local/lib/libsodium.dylib"]
        : ["libsodium.so.23", "libsodium.so.26"];

    private static string[] CryptFiles() => OperatingSystem.IsMacOS()
        ? ["libcrypt.dylib", "/opt/homebrew/opt/libxcrypt/lib/libcrypt.dylib", "/usr/local/opt/libxcrypt/lib/libcrypt.dylib"]
        : ["libcrypt.so.1", "libcrypt.so.2"];
}
