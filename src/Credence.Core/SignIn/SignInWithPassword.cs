using Credence.Audit;
using Credence.Passwords;
using Credence.People;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.SignIn;

/// <summary>A person signs in with a password (contract identity ID-11).</summary>
public sealed class SignInWithPassword(Db db, ProvePassword prove, AfterFirstFactor after, Metrics metrics, TimeProvider clock, ILogger<SignInWithPassword> log)
{
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

    /// <returns>A session's first tokens, or the question for a second factor; or one refusal for whatever was wrong, but for an identifier that is theirs and was never proven.</returns>
    public async Task<Result<SignInStep>> RunAsync(Input input, CancellationToken ct)
    {
        var proven = await prove.RunAsync(new ProvePassword.Input(input.Scheme, input.Identifier, input.Password, input.Network, HashForm.Argon2id), ct);
        var step = proven.Succeeded ? await AdmitAsync(input, proven.Value, ct) : proven.Failure;
        SignInLog.Told(log, metrics, input.Scheme, step);
        return step;
    }

    private async Task<Result<SignInStep>> AdmitAsync(Input input, ProvePassword.Output proven, CancellationToken ct)
    {
        var now = clock.Now(); // its tokens are issued after the password was looked at, which took a while
        var first = new FirstFactor(proven.Person.Id, "password", Authentication.Password, input.ClientId, input.Origin);
        var prepared = await after.PrepareAsync(first, now, ct);
        await using var tx = await db.BeginAsync(ct);
        if (!await prepared.RecordAsync(tx, now, ct)) return SignInFailures.InvalidCredentials;
        if (!await proven.KeepAsync(tx, now, ct)) return SignInFailures.InvalidCredentials;
        await tx.CommitAsync();
        return prepared.Step;
    }
}
