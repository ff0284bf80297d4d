using Credence.Audit;
using Credence.Organizations;
using Credence.Principals;
using Credence.Sso;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.Consent;

/// <summary>Somebody approves or denies a consent request; of any number who try, one decides.</summary>
public sealed class DecideConsent(Db db, TimeProvider clock, ILogger<DecideConsent> log)
{
    /// <summary>What was decided.</summary>
    /// <param name="Request">The request as it was asked.</param>
    /// <param name="Code">The code to exchange; null after a denial.</param>
    public sealed record Output(ConsentRequest Request, string? Code);

    /// <inheritdoc cref="ApproveAsync(Id{ConsentRequest}, Decider, CancellationToken)"/>
    public Task<Result<Output>> ApproveAsync(Id<ConsentRequest> id, ConsentProof proof, CancellationToken ct) => ApproveAsync(id, new Decider(proof), ct);

    /// <inheritdoc cref="DenyAsync(Id{ConsentRequest}, Decider, CancellationToken)"/>
    public Task<Result<Output>> DenyAsync(Id<ConsentRequest> id, ConsentProof proof, CancellationToken ct) => DenyAsync(id, new Decider(proof), ct);

    /// <summary>The person says yes.</summary>
    /// <param name="id">Which request.</param>
    /// <param name="decider">Who says so.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The code; or that the request is over, or better proof is needed.</returns>
    public async Task<Result<Output>> ApproveAsync(Id<ConsentRequest> id, Decider decider, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var request = await ConsentStore.FindAsync(tx, id, ct);
        if (request is null || !request.IsOpen(now)) return ConsentFailures.Gone;
        var proven = await ProveAsync(tx, request, decider, now, ct);
        if (!proven.Succeeded) return proven.Failure;
        if (proven.Value.Exceeds(request.Scopes) is { } scope) return ConsentFailures.ScopeNotMapped(scope);

        var code = Secret.New("");
        if (!await ConsentStore.ApproveAsync(tx, id, proven.Value.Proof, code, now, ct)) return ConsentFailures.Gone;
        if (decider.Person is { } person && !await AccountPrincipals.BindAsync(tx, request.Organization, request.Principal, person, now, ct)) return ConsentFailures.OtherAccount;
        await AppendAsync(tx, request, "consent.approved", proven.Value, now, ct);
        await tx.CommitAsync();
        return new Output(request, code);
    }

    /// <summary>The person says no.</summary>
    /// <inheritdoc cref="ApproveAsync(Id{ConsentRequest}, Decider, CancellationToken)"/>
    public async Task<Result<Output>> DenyAsync(Id<ConsentRequest> id, Decider decider, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var request = await ConsentStore.FindAsync(tx, id, ct);
        if (request is not { Status: ConsentStatus.Pending }) return ConsentFailures.Decided;
        var proven = await ProveAsync(tx, request, decider, now, ct);
        if (!proven.Succeeded) return proven.Failure;

        if (!await ConsentStore.DenyAsync(tx, id, now, ct)) return ConsentFailures.Decided;
        await AppendAsync(tx, request, "consent.denied", proven.Value, now, ct);
        await tx.CommitAsync();
        Log.AuthorizeDenied(log, request.Agent.ToString(), request.Principal, "denied by the person");
        return new Output(request, null);
    }

    /// <summary>An organization in sandbox mode decides by itself, which a live one may not.</summary>
    /// <returns>The request, or that it is not this organization's to decide.</returns>
    public async Task<Result<ConsentRequest>> FindOwnAsync(ApiCaller caller, Id<ConsentRequest> id, CancellationToken ct)
    {
        if (caller.Mode == OrganizationMode.Live) return ConsentFailures.ConsentRequired;
        var request = await ConsentStore.FindAsync(db, id, ct);
        return request is null || request.Organization != caller.Organization ? ConsentFailures.NotFound : request;
    }

    /// <summary>What is known of who decides.</summary>
    /// <param name="Proof">How well.</param>
    /// <param name="SignOn">With which sign-on, or null.</param>
    /// <param name="Person">With which account, or null.</param>
    private sealed record Proven(ConsentProof Proof, SsoSession? SignOn, PersonId? Person)
    {
        /// <summary>A scope that the person's company does not let them give, where it says which they may.</summary>
        public string? Exceeds(IReadOnlyList<string> scopes) =>
            SignOn?.MappedScopes is { } mapped ? scopes.FirstOrDefault(scope => !mapped.Contains(scope, StringComparer.Ordinal)) : null;
    }

    private static async Task<Result<Proven>> ProveAsync(
        DbTx tx, ConsentRequest request, Decider decider, DateTimeOffset now, CancellationToken ct)
    {
        var organization = await OrganizationStore.FindAsync(tx, request.Organization, ct);
        if (organization is null) return ConsentFailures.Gone;
        var proof = request.Proven(decider.Proof, now);
        if (decider.Person is { } person && !await AccountPrincipals.MayMeanAsync(tx, request.Organization, request.Principal, person, ct)) return ConsentFailures.OtherAccount;
        var signOn = decider.Session is null ? null : await SsoSessionStore.BehindAsync(tx, decider.Session, now, ct);
        if (signOn is not null)
        {
            var isTheirs = signOn.Organization == request.Organization && await PrincipalNames.MeansAsync(tx, request.Organization, request.Principal, signOn.Principal!, ct);
            if (!isTheirs) return ConsentFailures.SomebodyElse;
            if (proof < ConsentProof.Person) proof = ConsentProof.Person;
        }

        if (proof < organization.LeastProof) return ConsentFailures.ProofTooWeak(organization);
        return organization.SsoEnforced && signOn is null ? ConsentFailures.SignOnNeeded : new Proven(proof, signOn, decider.Person);
    }

    private static Task AppendAsync(DbTx tx, ConsentRequest request, string type, Proven proven, DateTimeOffset now, CancellationToken ct)
    {
        var data = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["agent"] = request.Agent.ToString(),
            ["principal"] = request.Principal,
            ["proof"] = Words.Of(proven.Proof),
        };
        if (proven.SignOn is { } signOn) data["signOn"] = signOn.Id.ToString();
        if (proven.Person is { } person) data["person"] = person.ToString();
        return AuditLog.AppendAsync(tx, new AuditEvent(request.Organization.ToString(), type, "principal", request.Id.ToString()) { Data = data }, now, ct);
    }
}
