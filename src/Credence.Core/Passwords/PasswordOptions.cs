namespace Credence.Passwords;

/// <summary>How passwords are hashed (design D10; contract identity C.5).</summary>
public sealed class PasswordOptions
{
    /// <summary>The least memory that Argon2id may use, in KiB: 19 MiB.</summary>
    public const int LeastMemory = 19 * 1024;

    /// <summary><c>PASSWORD_MEMORY_KIB</c>: the memory of Argon2id.</summary>
    public int MemoryKib { get; set; } = 64 * 1024;

    /// <summary><c>PASSWORD_PASSES</c>: how many times Argon2id goes through it.</summary>
    public int Passes { get; set; } = 2;

    /// <summary><c>AUTH_BCRYPT_COST</c>: the cost of bcrypt, as a power of two.</summary>
    public int BcryptCost { get; set; } = 10;

    /// <summary><c>PASSWORD_HASH=argon2id</c>: every door writes Argon2id, and what is found in another form is written anew at the next sign-in.</summary>
    public bool Argon2idOnly { get; set; }

    /// <summary>How many hashes are made at once.</summary>
    public int AtOnce { get; set; } = 1;

    /// <summary>How many callers may wait for one besides.</summary>
    public int MayWait => AtOnce * 64;

    /// <summary>As many at once as there are cores, and as two fifths of the memory hold (contract identity C.5).</summary>
    public static int Room(int cores, long memory, int memoryKib) => (int)Math.Clamp(memory * 2 / 5 / (memoryKib * 1024L), 1, Math.Max(1, cores));
}
