using Credence.Audit;
using Credence.OneTimeCodes;
using Credence.Passwords;
using Credence.People;
using Credence.Revocations;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.SignIn;

/// <summary>
/// Somebody who forgot their password sets another, having shown that a code reaches them (contract identity ID-26 to ID-28). Whoever was signed in as them
/// until then is so no more.
/// </summary>
public sealed class RecoverPassword(
    Db db, SendCode send, VerifyCode verify, CodeSessions proofs, CurrentCodeRules rules, PasswordHashes passwords, PersonNotices notices, RevocationIndex revocations,
    TimeProvider clock)
{
    private const CodeNamespace Namespace = CodeNamespace.ForgotPassword;

    /// <summary>A password that is set anew.</summary>
    /// <param name="ResetToken">What <see cref="ProveAsync"/> gave.</param>
    /// <param name="Password">The password, screened.</param>
    /// <param name="Origin">Whence.</param>
    public sealed record Reset(string ResetToken, string Password, AuditOrigin Origin)
    {
        /// <inheritdoc/>
        public override string ToString() => "[secret]";
    }

    /// <summary>Sends a code to where whoever has the identifier is known to be.</summary>
    /// <param name="scheme">The sort of identifier.</param>
    /// <param name="value">The identifier, normalised.</param>
    /// <param name="locale">In which language; null for theirs.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<Result<CodeSent>> RequestAsync(IdentifierScheme scheme, string value, string? locale, CancellationToken ct) =>
        send.RunAsync(new SendCode.Input(Namespace, scheme, value, For: null, locale), ct);

    /// <summary>Takes the code.</summary>
    /// <returns>What a password is set with, once, and until when.</returns>
    public async Task<Result<(string Token, DateTimeOffset ExpiresAt)>> ProveAsync(string sessionToken, string code, CancellationToken ct)
    {
        var verified = await verify.RunAsync(Namespace, sessionToken, code, ct);
        if (!verified.Succeeded) return verified.Failure;
        var (person, address) = (verified.Value.Recipient.PersonId, verified.Value.Recipient.Target);
        var scheme = address.Contains('@', StringComparison.Ordinal) ? IdentifierScheme.Email : IdentifierScheme.PhoneNumber;
        var proven = PersonId.TryParse(person, out var id) ? new ProvenIdentifier(id, scheme, address).ToText() : "";
        return await proofs.OpenAsync(Namespace, proven, (await rules(ct)).ProofLife, ct);
    }

    /// <summary>Sets the password. It is hashed before the token is taken: who finds the gate full may come again.</summary>
    /// <returns>How many sessions ended; or that the token is not good.</returns>
    public async Task<Result<int>> ResetAsync(Reset reset, CancellationToken ct)
    {
        var hash = await passwords.HashAsync(HashForm.Argon2id, reset.Password, ct);
        if (!hash.Succeeded) return hash.Failure;
        var taken = await proofs.TakeAsync(Namespace, reset.ResetToken, ct);
        if (!taken.Succeeded) return taken.Failure;
        if (ProvenIdentifier.Read(taken.Value) is not { } proven) return CodeFailures.Invalid;

        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (!await PersonStore.HoldAsync(tx, proven.Person, now, ct)) return CodeFailures.Invalid;
        var contact = await PersonContact.FindAsync(tx, proven.Person, ct);
        if (Reach(contact, proven.Scheme, proven.Value) is null || await PersonStore.FindAsync(tx, proven.Person, ct) is not { } found) return CodeFailures.Invalid; // stopped meanwhile, or it is somebody else's now
        await PersonStore.VerifyAsync(tx, proven.Person, proven.Scheme, proven.Value, ct);
        await PersonPasswords.SetAsync(tx, proven.Person, hash.Value, now, ct);
        var (ended, marks) = await PersonMarks.EndAllAsync(tx, found, clock, now, ct);
        await notices.PasswordChangedAsync(tx, proven.Person, ct);
        var person = proven.Person.ToString();
        await AuditLog.AppendAsync(tx, PeopleAudit.Event("person.password_reset", person, person, reset.Origin), now, ct);
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return ended;
    }

    /// <summary>
    /// Where a code goes. Who names their user name gets it where they were proven to be. An address or number that nobody proved gets it as long as nothing else of
    /// that account was proven: else whoever has it would get into the account of one who merely wrote it down.
    /// </summary>
    internal static PersonIdentifier? Reach(PersonContact? contact, IdentifierScheme scheme, string value)
    {
        if (contact?.Of(scheme, value) is not { } asked) return null;
        if (scheme == IdentifierScheme.Username) return contact.Proven().FirstOrDefault();
        return asked.Verified || !contact.Proven().Any() ? asked : null;
    }
}
