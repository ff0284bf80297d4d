using Credence.Audit;
using Credence.OneTimeCodes;
using Credence.People;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.SignIn;

/// <summary>
/// A person signs in with a code that was sent to their telephone (contract identity ID-24, ID-25). The number must have been proven before: else its owner
/// would come into the account of whoever wrote it down, who knows the password to it.
/// </summary>
public sealed class SignInWithCode(Db db, SendCode send, VerifyCode verify, AfterFirstFactor after, Metrics metrics, TimeProvider clock, ILogger<SignInWithCode> log)
{
    private const CodeNamespace Namespace = CodeNamespace.PhoneAuth;

    /// <summary>What somebody signs in with.</summary>
    /// <param name="SessionToken">What the request for the code gave.</param>
    /// <param name="Code">The code.</param>
    /// <param name="ClientId">The program they say they use, or null.</param>
    /// <param name="Origin">Whence.</param>
    public sealed record Input(string SessionToken, string Code, string? ClientId, AuditOrigin Origin)
    {
        /// <inheritdoc/>
        public override string ToString() => "[secret]";
    }

    /// <summary>Sends a code to a number, if it is somebody's who proved it.</summary>
    public Task<Result<CodeSent>> RequestAsync(string number, string? locale, CancellationToken ct) =>
        send.RunAsync(new SendCode.Input(Namespace, IdentifierScheme.PhoneNumber, number, For: null, locale), ct);

    /// <returns>A session's first tokens, or the question for a second factor.</returns>
    public async Task<Result<SignInStep>> RunAsync(Input input, CancellationToken ct)
    {
        var step = await TryAsync(input, ct);
        SignInLog.Told(log, metrics, IdentifierScheme.PhoneNumber, step);
        return step;
    }

    private async Task<Result<SignInStep>> TryAsync(Input input, CancellationToken ct)
    {
        var verified = await verify.RunAsync(Namespace, input.SessionToken, input.Code, ct);
        if (!verified.Succeeded) return verified.Failure;
        if (!PersonId.TryParse(verified.Value.Recipient.PersonId, out var person)) return CodeFailures.Invalid;

        var now = clock.Now();
        var prepared = await after.PrepareAsync(new FirstFactor(person, Namespace.Word(), Authentication.Telephone, input.ClientId, input.Origin), now, ct);
        await using var tx = await db.BeginAsync(ct);
        if (!await prepared.RecordAsync(tx, now, ct)) return CodeFailures.Invalid;
        if (await PersonStore.FindAsync(tx, IdentifierScheme.PhoneNumber, verified.Value.Recipient.Target, ct) is not { Verified: true } at || at.Person != person) return CodeFailures.Invalid;
        await tx.CommitAsync();
        return prepared.Step;
    }
}
