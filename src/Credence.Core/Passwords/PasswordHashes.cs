using System.Security.Cryptography;
using System.Text;
using Credence.Keys;
using Credence.Telemetry;

namespace Credence.Passwords;

/// <summary>In which form a hash is written.</summary>
public enum HashForm
{
    /// <summary>Argon2id (RFC 9106), as the people door does.</summary>
    Argon2id,

    /// <summary>bcrypt, as contract forward-auth A 21 wants it; <c>PASSWORD_HASH</c> may say otherwise.</summary>
    Bcrypt,
}

/// <summary>Hashes passwords and checks them, whichever form a hash has (design D10). Each waits its turn at the gate.</summary>
public sealed class PasswordHashes(HashGate gate, PasswordOptions options)
{
    /// <summary>The longest password that bcrypt reads whole, in bytes of UTF-8; callers refuse a longer one, nothing is cut.</summary>
    public const int LongestForBcrypt = Bcrypt.LongestPassword;

    private const string Argon2Prefix = "$argon2";
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    /// <summary>Whether a password can be hashed in this form.</summary>
    public bool Takes(HashForm form, string password) => Actual(form) == HashForm.Argon2id || Encoding.UTF8.GetByteCount(password) <= LongestForBcrypt;

    /// <returns>The hash, which says its own parameters; or that too many wait.</returns>
    public async Task<Result<string>> HashAsync(HashForm form, string password, CancellationToken ct)
    {
        using var span = Tracing.Source.StartActivity(Actual(form) == HashForm.Bcrypt ? "bcrypt.hash" : "argon2id.hash");
        return await gate.RunAsync(() => Actual(form) == HashForm.Bcrypt ? Bcrypt.Hash(Bytes(password), options.BcryptCost) : Sodium.HashPassword(Bytes(password), options.Passes, options.MemoryKib * 1024L), ct);
    }

    /// <summary>Whether a hash is of this password.</summary>
    /// <param name="hash">The hash, or null for nobody's: that costs the same, and is never right.</param>
    /// <param name="password">What was typed.</param>
    /// <param name="usual">In which form the door writes hashes: nobody's is of that one.</param>
    /// <param name="ct">Leaves the queue.</param>
    public async Task<Result<bool>> VerifyAsync(string? hash, string password, HashForm usual, CancellationToken ct)
    {
        using var span = Tracing.Source.StartActivity((hash is null ? Actual(usual) : FormOf(hash)) == HashForm.Bcrypt ? "bcrypt.verify" : "argon2id.verify");
        return await gate.RunAsync(() => Verify(hash ?? Nobodys(usual), password) && hash is not null, ct);
    }

    /// <summary>Whether a hash that was just found right is to be written anew: it is weaker than what is written now, or of a form that is written no more.</summary>
    public bool IsOutdated(string hash)
    {
        if (Bcrypt.IsOne(hash)) return options.Argon2idOnly || Bcrypt.CostOf(hash) < options.BcryptCost;
        return Argon2Parameters.Of(hash) is not { } its || its.MemoryKib < options.MemoryKib || its.Passes < options.Passes;
    }

    /// <summary>In which form a hash is written anew: its own, unless there is one form for all.</summary>
    public static HashForm FormOf(string hash) => Bcrypt.IsOne(hash) ? HashForm.Bcrypt : HashForm.Argon2id;

    private HashForm Actual(HashForm form) => options.Argon2idOnly ? HashForm.Argon2id : form;

    private static bool Verify(string hash, string password)
    {
        if (Bcrypt.IsOne(hash)) return Bcrypt.Verify(hash, Bytes(password));
        return hash.StartsWith(Argon2Prefix, StringComparison.Ordinal) && Sodium.VerifyPassword(hash, Bytes(password));
    }

    /// <summary>A hash of no password at all, with the parameters of those that are written now.</summary>
    private string Nobodys(HashForm usual) => Actual(usual) == HashForm.Bcrypt
        ? $"$2b${options.BcryptCost}$nobodysnobodysnobodysOnobodysnobodysnobodysnobodysnobO"
        : $"$argon2id$v=19$m={options.MemoryKib},t={options.Passes},p=1${Unpadded(RandomNumberGenerator.GetBytes(SaltBytes))}${Unpadded(RandomNumberGenerator.GetBytes(HashBytes))}";

    private static string Unpadded(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static byte[] Bytes(string password) => Encoding.UTF8.GetBytes(password);
}
