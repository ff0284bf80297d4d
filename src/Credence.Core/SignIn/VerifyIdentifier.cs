using Credence.Audit;
using Credence.OneTimeCodes;
using Credence.People;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.SignIn;

/// <summary>Somebody shows that an address or number is theirs: by a code (contract identity ID-19, ID-20, ID-22, ID-23), or by the link in the mail (ID-21).</summary>
public sealed class VerifyIdentifier(Db db, SendCode send, VerifyCode verify, CodeSessions links, TimeProvider clock)
{
    /// <summary>Sends a code to an address or number, if it is somebody's.</summary>
    /// <param name="scheme">Which of the two.</param>
    /// <param name="value">The identifier, normalised.</param>
    /// <param name="locale">In which language; null for theirs.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<Result<CodeSent>> RequestAsync(IdentifierScheme scheme, string value, string? locale, CancellationToken ct) =>
        send.RunAsync(new SendCode.Input(NamespaceOf(scheme), scheme, value, For: null, locale), ct);

    /// <summary>Takes the code.</summary>
    public async Task<Result<PersonIdentifier>> ConfirmAsync(IdentifierScheme scheme, string sessionToken, string code, AuditOrigin origin, CancellationToken ct)
    {
        var verified = await verify.RunAsync(NamespaceOf(scheme), sessionToken, code, ct);
        if (!verified.Succeeded) return verified.Failure;
        if (!PersonId.TryParse(verified.Value.Recipient.PersonId, out var person)) return CodeFailures.Invalid;
        return await RecordAsync(new ProvenIdentifier(person, scheme, verified.Value.Recipient.Target), origin, ct);
    }

    /// <summary>Takes the token of a link: of any number of callers one gets it.</summary>
    public async Task<Result<PersonIdentifier>> FollowAsync(string token, AuditOrigin origin, CancellationToken ct)
    {
        var taken = await links.TakeAsync(CodeNamespace.VerifyEmail, token, ct);
        if (!taken.Succeeded) return taken.Failure;
        return ProvenIdentifier.Read(taken.Value) is { } proven ? await RecordAsync(proven, origin, ct) : CodeFailures.Invalid;
    }

    /// <summary>What a code is for that proves an identifier of this sort.</summary>
    internal static CodeNamespace NamespaceOf(IdentifierScheme scheme) => scheme == IdentifierScheme.Email ? CodeNamespace.VerifyEmail : CodeNamespace.VerifyPhone;

    private async Task<Result<PersonIdentifier>> RecordAsync(ProvenIdentifier proven, AuditOrigin origin, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await PersonStore.VerifyAsync(tx, proven.Person, proven.Scheme, proven.Value, ct) is not { } identifier) return CodeFailures.Invalid;
        await AuditLog.AppendAsync(tx, PeopleAudit.Event("person_identifier.verified", proven.Person.ToString(), identifier.Id.ToString(), origin), now, ct);
        await tx.CommitAsync();
        return identifier;
    }
}
