using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Credence.Passwords;

/// <summary>bcrypt, by the operating system's libcrypt: <c>crypt(3)</c> with a place of its own for each call.</summary>
internal static unsafe partial class Bcrypt
{
    /// <summary>bcrypt sees no byte behind these.</summary>
    public const int LongestPassword = 72;

    private const int PlaceSize = 32 * 1024; // sizeof(struct crypt_data)
    private const int SettingSize = 192; // CRYPT_GENSALT_OUTPUT_SIZE
    private const string Prefix = "$2b$";

    static Bcrypt() => NativeLibraries.Register();

    /// <summary>Whether it is of the form that this reads: <c>$2a$</c>, <c>$2b$</c> and <c>$2y$</c> are the same for what libcrypt hashes.</summary>
    public static bool IsOne(string hash) => hash.Length == 60 && hash[0] == '$' && hash[1] == '2' && hash[2] is 'a' or 'b' or 'y' && hash[3] == '$';

    /// <summary>The cost that a hash says it has.</summary>
    public static int CostOf(string hash) => int.TryParse(hash.AsSpan(4, 2), out var cost) ? cost : 0;

    /// <summary>A hash with a salt of its own.</summary>
    public static string Hash(ReadOnlySpan<byte> password, int cost)
    {
        RequireWhole(password);
        Span<byte> salt = stackalloc byte[16];
        RandomNumberGenerator.Fill(salt);
        Span<byte> setting = stackalloc byte[SettingSize];
        fixed (byte* random = salt, to = setting)
        {
            if (crypt_gensalt_rn(Prefix, (uint)cost, random, salt.Length, to, SettingSize) == null) throw new InvalidOperationException("libcrypt does not know bcrypt");
        }

        return Crypt(password, Encoding.ASCII.GetString(setting[..setting.IndexOf((byte)0)])) ?? throw new InvalidOperationException("libcrypt refused to hash");
    }

    /// <summary>Whether a hash is of this password. A longer one than bcrypt reads whole is of none.</summary>
    public static bool Verify(string hash, ReadOnlySpan<byte> password)
    {
        var isWhole = password.Length <= LongestPassword && !password.Contains((byte)0);
        var found = Crypt(isWhole ? password : "-"u8, hash);
        return isWhole && found is not null && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(found), Encoding.ASCII.GetBytes(hash));
    }

    private static void RequireWhole(ReadOnlySpan<byte> password)
    {
        if (password.Length > LongestPassword || password.Contains((byte)0)) throw new ArgumentException("bcrypt would not read all of it");
    }

    private static string? Crypt(ReadOnlySpan<byte> password, string setting)
    {
        Span<byte> phrase = stackalloc byte[LongestPassword + 1];
        phrase.Clear();
        password.CopyTo(phrase);
        var place = NativeMemory.AllocZeroed(PlaceSize);
        try
        {
            fixed (byte* from = phrase)
            {
                var hash = crypt_rn(from, setting, place, PlaceSize);
                return hash == null ? null : Marshal.PtrToStringAnsi((IntPtr)hash);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(phrase);
            NativeMemory.Clear(place, PlaceSize);
            NativeMemory.Free(place);
        }
    }

    [LibraryImport(NativeLibraries.Crypt, StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* crypt_rn(byte* phrase, string setting, void* place, int size);

    [LibraryImport(NativeLibraries.Crypt, StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* crypt_gensalt_rn(string prefix, uint count, byte* random, int length, byte* output, int size);
}
