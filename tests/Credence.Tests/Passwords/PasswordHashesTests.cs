using Credence.Passwords;

namespace Credence.Tests.Passwords;

public sealed class PasswordHashesTests
{
    private const string Right = "a battery, a horse";
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HashForm.Argon2id, "$argon2id$v=19$m=19456,t=2,p=1$")]
    [InlineData(HashForm.Bcrypt, "$2b$10$")]
    public async Task A_hash_says_how_it_was_made_is_salted_and_of_one_password(HashForm form, string begins)
    {
        using var made = new Made();
        var hash = (await made.Hashes.HashAsync(form, Right, Ct)).Value;
        Assert.StartsWith(begins, hash, StringComparison.Ordinal);
        Assert.NotEqual(hash, (await made.Hashes.HashAsync(form, Right, Ct)).Value);
        Assert.True((await made.Hashes.VerifyAsync(hash, Right, HashForm.Argon2id, Ct)).Value);
        Assert.False((await made.Hashes.VerifyAsync(hash, Right + " ", HashForm.Argon2id, Ct)).Value);
        Assert.False(made.Hashes.IsOutdated(hash));
    }

    /// <summary>Made by other programs: Argon2's reference implementation, and bcrypt's vectors of <c>crypt_blowfish</c> (U*U).</summary>
    [Theory]
    [InlineData("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "password")]
    [InlineData("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U")]
    [InlineData("$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U")]
    public async Task Hashes_of_other_programs_are_read_and_known_to_be_weaker(string hash, string password)
    {
        using var made = new Made();
        Assert.True((await made.Hashes.VerifyAsync(hash, password, HashForm.Argon2id, Ct)).Value);
        Assert.False((await made.Hashes.VerifyAsync(hash, password.ToLowerInvariant() + "x", HashForm.Argon2id, Ct)).Value);
        Assert.True(made.Hashes.IsOutdated(hash));
    }

    [Fact]
    public async Task Nobody_has_no_password_and_what_is_no_hash_matches_none()
    {
        using var made = new Made();
        Assert.False((await made.Hashes.VerifyAsync(null, Right, HashForm.Argon2id, Ct)).Value);
        Assert.False((await made.Hashes.VerifyAsync("plain text", "plain text", HashForm.Argon2id, Ct)).Value);
        Assert.False((await made.Hashes.VerifyAsync("", "", HashForm.Argon2id, Ct)).Value);
    }

    [Fact]
    public async Task Bcrypt_reads_72_bytes_and_takes_no_longer_password()
    {
        using var made = new Made();
        var longest = new string('p', 72);
        var hash = (await made.Hashes.HashAsync(HashForm.Bcrypt, longest, Ct)).Value;
        Assert.True((await made.Hashes.VerifyAsync(hash, longest, HashForm.Argon2id, Ct)).Value);
        Assert.False((await made.Hashes.VerifyAsync(hash, longest + "p", HashForm.Argon2id, Ct)).Value);
        Assert.True(made.Hashes.Takes(HashForm.Bcrypt, longest));
        Assert.False(made.Hashes.Takes(HashForm.Bcrypt, new string('é', 37)));
        Assert.True(made.Hashes.Takes(HashForm.Argon2id, longest + "p"));
    }

    [Fact]
    public async Task One_form_for_all_doors_writes_argon2id_and_finds_bcrypt_outdated()
    {
        using var before = new Made();
        using var after = new Made(argon2idOnly: true);
        var bcrypt = (await before.Hashes.HashAsync(HashForm.Bcrypt, Right, Ct)).Value;
        Assert.StartsWith("$argon2id$", (await after.Hashes.HashAsync(HashForm.Bcrypt, Right, Ct)).Value, StringComparison.Ordinal);
        Assert.True((await after.Hashes.VerifyAsync(bcrypt, Right, HashForm.Argon2id, Ct)).Value);
        Assert.True(after.Hashes.IsOutdated(bcrypt));
        Assert.True(after.Hashes.Takes(HashForm.Bcrypt, new string('p', 200)));
    }

    [Theory]
    [InlineData(8, 512L * 1024 * 1024, 65536, 3)] // contract identity C.5: two fifths of 512 Mi hold three of 64 Mi
    [InlineData(2, 64L * 1024 * 1024 * 1024, 65536, 2)]
    [InlineData(8, 32L * 1024 * 1024, 65536, 1)]
    public void As_many_are_hashed_at_once_as_cores_and_memory_hold(int cores, long memory, int memoryKib, int atOnce) =>
        Assert.Equal(atOnce, PasswordOptions.Room(cores, memory, memoryKib));

    private sealed class Made : IDisposable
    {
        private readonly HashGate _gate;

        public Made(bool argon2idOnly = false)
        {
            var options = new PasswordOptions { MemoryKib = PasswordOptions.LeastMemory, AtOnce = 2, Argon2idOnly = argon2idOnly };
            _gate = new HashGate(options);
            Hashes = new PasswordHashes(_gate, options);
        }

        public PasswordHashes Hashes { get; }

        public void Dispose() => _gate.Dispose();
    }
}
