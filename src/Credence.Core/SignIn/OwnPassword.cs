using Credence.Passwords;
using Credence.People;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>Somebody who is signed in shows their password once more, as often as they may be wrong.</summary>
public sealed class OwnPassword(Db db, PasswordHashes passwords, FailedAttempts attempts, TimeProvider clock)
{
    /// <param name="person">Who.</param>
    /// <param name="password">The password, as typed.</param>
    /// <param name="network">Whose failures are counted together.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The hash that it was found right by; or that it is wrong, or too early to try again.</returns>
    public async Task<Result<string>> ProveAsync(PersonId person, string password, string network, CancellationToken ct)
    {
        string? hash = null;
        var refused = await attempts.GuardAsync($"person:{person}", network, clock.Now(), VerifyAsync, ct);
        return refused is null ? hash! : refused;

        async Task<Result<bool>> VerifyAsync()
        {
            hash = await PersonPasswords.FindAsync(db, person, ct);
            return await passwords.VerifyAsync(hash, password, HashForm.Argon2id, ct);
        }
    }
}
