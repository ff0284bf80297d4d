using Credence.Audit;
using Credence.Passwords;
using Credence.People;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.SignIn;

/// <summary>
/// A person signs in with a password (contract identity ID-11). Whatever is wrong, the answer is one and the work is the same: a look at the database, and a
/// password verified.
/// </summary>
public sealed class SignInWithPassword(
    Db db, PasswordHashes passwords, FailedAttempts attempts, BeginSession begin, Metrics metrics, TimeProvider clock, ILogger<SignInWithPassword> log)
{
    private const string Success = "success";

    /// <summary>What somebody signs in with.</summary>
    /// <param name="Scheme">The sort of identifier.</param>
    /// <param name="Identifier">The identifier, as typed.</param>
    /// <param name="Password">The password, as typed.</param>
    /// <param name="ClientId">The program they say they use, or null.</param>
    /// <param name="Origin">Whence.</param>
    /// <param name="Network">Whose failures are counted together: the address, of IPv6 its network.</param>
    public sealed record Input(IdentifierScheme Scheme, string Identifier, string Password, string? ClientId, AuditOrigin Origin, string Network)
    {
        /// <inheritdoc/>
        public override string ToString() => $"{Scheme} [secret]";
    }

    /// <returns>A session's first tokens; or one refusal for whatever was wrong, but for an identifier that is theirs and was never proven.</returns>
    public async Task<Result<SignedIn>> RunAsync(Input input, CancellationToken ct)
    {
        var now = clock.Now();
        var value = Normalized.Of(input.Scheme, input.Identifier);
        var counted = $"{Words.Of(input.Scheme)}:{value ?? input.Identifier}";
        if (await attempts.BeginAsync(counted, input.Network, now, ct) is { } seconds) return Told(input, SignInFailures.TooMany(seconds));

        var identifier = value is null ? null : await PersonStore.FindAsync(db, input.Scheme, value, ct);
        var hash = identifier is null ? null : await PersonPasswords.FindAsync(db, identifier.Person, ct);
        var verified = await passwords.VerifyAsync(hash, input.Password, ct);
        if (!verified.Succeeded || verified.Value) await attempts.TakeBackAsync(counted, now, ct);
        if (!verified.Succeeded) return Told(input, verified.Failure);
        if (!verified.Value)
        {
            await attempts.FailAsync(input.Network, now, ct);
            return Told(input, SignInFailures.InvalidCredentials);
        }

        var signed = await AdmitAsync(input, identifier!, hash!, ct);
        return signed.Succeeded ? Told(input, signed.Value) : Told(input, signed.Failure);
    }

    private async Task<Result<SignedIn>> AdmitAsync(Input input, PersonIdentifier identifier, string hash, CancellationToken ct)
    {
        if (await PersonStore.FindAsync(db, identifier.Person, ct) is not { Status: PersonStatus.Activated }) return SignInFailures.InvalidCredentials;
        if (!identifier.MaySignIn) return SignInFailures.IdentifierUnverified;
        var better = passwords.IsOutdated(hash) && passwords.Takes(PasswordHashes.FormOf(hash), input.Password)
            ? await passwords.HashAsync(PasswordHashes.FormOf(hash), input.Password, ct)
            : default(Result<string>?);

        var now = clock.Now(); // its tokens are issued after the password was looked at, which took a while
        var session = PersonSession.New(identifier.Person, input.ClientId, input.Origin, now);
        var signed = await begin.PrepareAsync(session, now, ct);
        await using var tx = await db.BeginAsync(ct);
        if (!await BeginSession.RecordAsync(tx, session, signed, "password", now, ct)) return SignInFailures.InvalidCredentials;
        if (!await PersonPasswords.IsStillAsync(tx, identifier.Person, hash, ct)) return SignInFailures.InvalidCredentials;
        if (better is { Succeeded: true } written) await PersonPasswords.ExchangeAsync(tx, identifier.Person, hash, written.Value, now, ct);
        await tx.CommitAsync();
        return signed;
    }

    private Result<SignedIn> Told(Input input, SignedIn signed)
    {
        metrics.SignedIn(Words.Of(input.Scheme), Success);
        return signed;
    }

    private Result<SignedIn> Told(Input input, Failure failure)
    {
        metrics.SignedIn(Words.Of(input.Scheme), failure.Code);
        Log.SignInRefused(log, input.Scheme.Logged(), failure.Code);
        return failure;
    }
}
