using Credence.Audit;
using Credence.OneTimeCodes;
using Credence.People;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.SignIn;

/// <summary>
/// A signed-in person adds an address or number, having shown that it is theirs (contract identity ID-29 to ID-32). That takes it from one who never proved it;
/// from one who did nothing is taken, and no code is sent.
/// </summary>
public sealed class LinkIdentifier(Db db, SendCode send, VerifyCode verify, PersonNotices notices, TimeProvider clock)
{
    /// <summary>Sends a code to an address or number.</summary>
    /// <param name="caller">Who adds it.</param>
    /// <param name="scheme">Which of the two.</param>
    /// <param name="value">The identifier, normalised.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<Result<CodeSent>> RequestAsync(PersonCaller caller, IdentifierScheme scheme, string value, CancellationToken ct) =>
        send.RunAsync(new SendCode.Input(NamespaceOf(scheme), scheme, value, caller.Person, Locale: null), ct);

    /// <summary>The same for who is signed in with a browser, which somebody may have left open: it takes a sign-in within the last five minutes.</summary>
    public async Task<Result<CodeSent>> RequestAsync(BrowserSession signed, PersonCaller caller, IdentifierScheme scheme, string value, CancellationToken ct) =>
        signed.IsFresh(clock.Now()) ? await RequestAsync(caller, scheme, value, ct) : SignInFailures.NotFresh;

    /// <summary>Takes the code.</summary>
    /// <returns>The identifier, which is theirs now; or that somebody else proved it meanwhile.</returns>
    public async Task<Result<PersonIdentifier>> ConfirmAsync(PersonCaller caller, IdentifierScheme scheme, string sessionToken, string code, CancellationToken ct)
    {
        var verified = await verify.RunAsync(NamespaceOf(scheme), sessionToken, code, ct);
        if (!verified.Succeeded) return verified.Failure;
        if (verified.Value.Recipient.PersonId != caller.Person.ToString()) return CodeFailures.Invalid; // it was another's session

        var (now, value) = (clock.Now(), verified.Value.Recipient.Target);
        await using var tx = await db.BeginAsync(ct);
        if (!await PersonStore.HoldAsync(tx, caller.Person, now, ct)) return CodeFailures.Invalid;
        await notices.IdentifierAddedAsync(tx, caller.Person, scheme, value, ct);
        if (await PersonStore.TakeFromOthersAsync(tx, caller.Person, scheme, value, now, ct) is { } lost)
        {
            await AuditLog.AppendAsync(tx, caller.Act("person_identifier.dropped", lost.Id.ToString(), new(StringComparer.Ordinal) { ["of"] = lost.Person.ToString() }), now, ct);
        }

        var identifier = await PersonStore.VerifyAsync(tx, caller.Person, scheme, value, ct);
        if (identifier is null)
        {
            identifier = PersonIdentifier.New(caller.Person, scheme, value, now, verified: true);
            if (!await PersonStore.AddAsync(tx, identifier, now, ct)) return SignInFailures.IdentifierProven;
        }

        await AuditLog.AppendAsync(tx, caller.Act("person_identifier.linked", identifier.Id.ToString()), now, ct);
        await tx.CommitAsync();
        return identifier;
    }

    private static CodeNamespace NamespaceOf(IdentifierScheme scheme) => scheme == IdentifierScheme.Email ? CodeNamespace.AddEmail : CodeNamespace.AddPhone;
}
