using Credence.Agents;
using Credence.Consent;
using Credence.Organizations;
using Credence.Passkeys;
using Credence.Principals;
using Credence.Server.Pages.Account;
using Credence.Storage;

namespace Credence.Server.Pages.Consent;

/// <summary><c>/consent</c>: a person sees who asks, for what and for how long, and decides (contract grantex-core 3; design D9).</summary>
internal static class ConsentPage
{
    private sealed record Asked(ConsentRequest Request, Agent Agent, Organization Organization);

    /// <summary>Maps the page and its form.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var page = routes.MapGroup("").WithMetadata(PageKind.Consent);
        page.MapMethods("/consent", [HttpMethods.Get, HttpMethods.Head], Show);
        page.MapPost("/consent", Decide);
    }

    private static async Task<IResult> Show(HttpContext http, AccountCookie cookie, ProveConsent prove, Db db, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.Now();
        var (asked, notice) = await FindAsync(db, http.Request.Query["req"].ToString(), now, ct);
        if (asked is null) return notice!.Page(StatusCodes.Status200OK);
        var visitor = await cookie.ReadAsync(http, ct);
        var question = await QuestionAsync(asked, visitor, db, now, ct);
        return new Page<ConsentAsk>(StatusCodes.Status200OK, visitor is null ? question : await WithOwnPasskeyAsync(question, asked, visitor, prove, ct));
    }

    private static async Task<IResult> Decide(
        HttpContext http, PagesOptions options, AccountCookie cookie, DecideConsent decide, ProveConsent prove, Db db, TimeProvider clock, CancellationToken ct)
    {
        if (!PostedHere.Test(http.Request, options.PublicBaseUrl)) return ConsentNotices.ForeignForm.Page();

        var (form, unreadable) = await ConsentForm.ReadAsync(http, ct);
        if (form is null) return unreadable!.Page();

        var (asked, closed) = await FindAsync(db, form.RequestId, clock.Now(), ct);
        if (asked is null) return closed!.Page();

        var visitor = await cookie.ReadAsync(http, ct);
        if (visitor is null ? form.Token is not null : !visitor.Wrote(form.Token)) return ConsentNotices.OtherSession.Page();

        if (form.Passkey is { } passkey)
        {
            var proven = await prove.FinishAsync(passkey.Challenge, passkey.Response, asked.Request.Id, visitor?.Signed.Person.Id, ct);
            if (!proven.Succeeded) return ConsentNotices.Unproven(proven.Failure).Page();
        }

        var decider = visitor is null ? new Decider(ConsentProof.Link) : Decider.Of(visitor.Signed.Person.Id);
        var decided = form.Approve
            ? await decide.ApproveAsync(asked.Request.Id, decider, ct)
            : await decide.DenyAsync(asked.Request.Id, decider, ct);
        return decided.Succeeded
            ? new Page<ConsentDone>(StatusCodes.Status200OK, Outcome(asked, decided.Value.Code) with { SignedIn = visitor is not null })
            : await RefuseAsync(asked, decided.Failure, db, ct);
    }

    private static async Task<IResult> RefuseAsync(Asked asked, Failure failure, Db db, CancellationToken ct) =>
        failure.Kind == FailureKind.Forbidden && failure != ConsentFailures.OtherAccount && await HasPasskeyAsync(asked, db, ct)
            ? ConsentNotices.ScriptWanted(asked.Organization.Name).Page()
            : ConsentNotices.Of(failure, asked.Organization).Page();

    private static async Task<bool> HasPasskeyAsync(Asked asked, Db db, CancellationToken ct)
    {
        var owner = new PasskeyOwner(asked.Organization.Id.ToString(), asked.Request.Principal);
        return (await PasskeyStore.ListAsync(db, owner, asked.Organization.PasskeyEnrolment, ct)).Count > 0;
    }

    /// <returns>What is asked, or why there is nothing to decide.</returns>
    private static async Task<(Asked? Asked, Notice? Notice)> FindAsync(Db db, string text, DateTimeOffset now, CancellationToken ct)
    {
        if (!Id<ConsentRequest>.TryParse(text, out var id)) return (null, ConsentNotices.Unknown);
        var request = await ConsentStore.FindAsync(db, id, ct);
        if (request is null) return (null, ConsentNotices.Unknown);
        if (request.Status != ConsentStatus.Pending) return (null, ConsentNotices.Decided(request.Status));
        if (request.ExpiresAt <= now) return (null, ConsentNotices.Expired);

        var agent = await AgentStore.FindAsync(db, request.Organization, request.Agent, ct);
        var organization = await OrganizationStore.FindAsync(db, request.Organization, ct);
        return agent is not { Status: AgentStatus.Active } || organization is null
            ? (null, ConsentNotices.Stopped)
            : (new Asked(request, agent, organization), null);
    }

    private static async Task<ConsentQuestion> QuestionAsync(Asked asked, Visitor? visitor, Db db, DateTimeOffset now, CancellationToken ct)
    {
        var (request, agent, organization) = asked;
        var isOthers = visitor is not null && !await AccountPrincipals.MayMeanAsync(db, organization.Id, request.Principal, visitor.Signed.Person.Id, ct);
        var byPasskey = organization.LeastProof > (visitor is null ? ConsentProof.Link : ConsentProof.Person) && await HasPasskeyAsync(asked, db, ct);
        return new ConsentQuestion(
            request.Id.ToString(), agent.Name, agent.Description, agent.Did, organization.Name, request.Principal, request.Scopes, request.Lifetime,
            now, request.ExpiresAt, request.RedirectUri is null ? null : new Uri(request.RedirectUri).IdnHost,
            byPasskey && !isOthers ? null : ObstacleOf(organization, visitor, isOthers), byPasskey && !isOthers)
        {
            IsOthers = isOthers,
            As = visitor?.Signed.Name,
            FormToken = visitor?.FormToken,
            NeedsPerson = organization.LeastProof > ConsentProof.Link && !organization.SsoEnforced,
        };
    }

    /// <summary>Where it takes a passkey, one of the account of whoever is signed in is asked first, and one that the organization's principal has only when there is none.</summary>
    private static async Task<ConsentQuestion> WithOwnPasskeyAsync(ConsentQuestion question, Asked asked, Visitor visitor, ProveConsent prove, CancellationToken ct)
    {
        if (asked.Organization.LeastProof < ConsentProof.Passkey || question.IsOthers) return question;
        var begun = await prove.BeginAsync(asked.Request.Id, visitor.Signed.Person.Id, ct);
        return begun.Succeeded
            ? question with { ByPasskey = true, Obstacle = null, Challenge = begun.Value.Challenge.Id.ToString(), Options = begun.Value.Json }
            : question;
    }

    /// <summary>Why whoever looks at the page cannot decide; null when they can.</summary>
    private static string? ObstacleOf(Organization organization, Visitor? visitor, bool isOthers)
    {
        var failure = isOthers ? ConsentFailures.OtherAccount
            : organization.LeastProof > (visitor is null ? ConsentProof.Link : ConsentProof.Person) ? ConsentFailures.ProofTooWeak(organization)
            : organization.SsoEnforced ? ConsentFailures.SignOnNeeded
            : null;
        return failure is null ? null : ConsentNotices.ObstacleOf(failure, organization);
    }

    private static ConsentOutcome Outcome(Asked asked, string? code)
    {
        var request = asked.Request;
        var onward = request.RedirectUri is null
            ? null
            : ReturnAddress.With(request.RedirectUri, ("code", code), ("error", code is null ? "access_denied" : null), ("state", request.State));
        return new ConsentOutcome(code is not null, asked.Agent.Name, asked.Organization.Name, code, request.ExpiresAt, onward);
    }
}
