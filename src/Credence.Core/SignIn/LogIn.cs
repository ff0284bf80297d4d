using Credence.Audit;
using Credence.Passwords;
using Credence.People;
using Credence.SecondFactors;
using Credence.Storage;
using Credence.Telemetry;
using Credence.Tokens;
using Microsoft.Extensions.Logging;

namespace Credence.SignIn;

/// <summary>A person gets a token of the forward-auth door for an address and a password (contract forward-auth FA-2), wherever the two were set.</summary>
public sealed class LogIn(Db db, ProvePassword prove, FailedAttempts attempts, GrowingDelays delays, IssueForwardToken issue, TimeProvider clock, ILogger<LogIn> log)
{
    /// <summary>What somebody logs in with, as typed.</summary>
    /// <param name="Email">An address.</param>
    /// <param name="Password">A password.</param>
    /// <param name="Origin">Whence.</param>
    /// <param name="Network">Whose failures are counted together: the address, of IPv6 its network.</param>
    public sealed record Input(string Email, string Password, AuditOrigin Origin, string Network)
    {
        /// <inheritdoc/>
        public override string ToString() => "[secret]";
    }

    /// <returns>The token; one refusal for whatever was wrong; or that it is too early to try again.</returns>
    public async Task<Result<string>> RunAsync(Input input, CancellationToken ct)
    {
        using var span = Tracing.Source.StartActivity("auth.login");
        var shown = new ProvePassword.Input(IdentifierScheme.Email, input.Email, input.Password, input.Network, HashForm.Bcrypt);
        if (await delays.LeftAsync(shown.Counted, input.Network, clock.Now(), ct) is { } wait) return SignInFailures.TooMany(wait);
        var proven = await prove.RunAsync(shown, ct);
        if (!proven.Succeeded)
        {
            var isUnverified = proven.Failure == SignInFailures.IdentifierUnverified; // which must look like an address that somebody else has
            if (!isUnverified && proven.Failure != SignInFailures.InvalidCredentials) return proven.Failure;
            return await RefuseAsync(shown, wasRight: isUnverified, ct);
        }

        if ((await PersonFactors.OfAsync(db, proven.Value.Person.Id, ct)).AreAsked)
        {
            Log.SignInRefused(log, shown.Scheme.Logged(), SecondStep.Result); // this door has no second step, and whoever guesses here must not learn that the password is right
            return await RefuseAsync(shown, wasRight: true, ct);
        }

        await delays.EndAsync(shown.Counted, clock.Now(), ct);
        return await AdmitAsync(proven.Value, input.Origin, ct);
    }

    private async Task<Failure> RefuseAsync(ProvePassword.Input shown, bool wasRight, CancellationToken ct)
    {
        var now = clock.Now();
        if (wasRight) await attempts.FailAsync(shown.Counted, shown.Network, now, ct);
        await delays.FailAsync(shown.Counted, shown.Network, now, ct);
        return SignInFailures.InvalidCredentials;
    }

    private async Task<Result<string>> AdmitAsync(ProvePassword.Output proven, AuditOrigin origin, CancellationToken ct)
    {
        var (person, now) = (proven.Person, clock.Now());
        var token = issue.Run(person.Uuid.ToString(), await ForwardRoles.OfAsync(db, person.Id, ct) ?? IssueForwardToken.UsualRole, now);
        await using var tx = await db.BeginAsync(ct);
        if (!await PersonStore.SignInAsync(tx, person.Id, now, ct)) return SignInFailures.InvalidCredentials;
        if (!await proven.KeepAsync(tx, now, ct)) return SignInFailures.InvalidCredentials;
        await AuditLog.AppendAsync(
            tx, PeopleAudit.Event("person.logged_in", person.Id.ToString(), person.Id.ToString(), origin, new(StringComparer.Ordinal) { ["how"] = "password" }), now, ct);
        await tx.CommitAsync();
        return token;
    }
}
