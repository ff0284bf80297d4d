using Credence.Agents;
using Credence.Consent;
using Credence.Organizations;
using Credence.Passkeys;
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

    private static async Task<IResult> Show(HttpContext http, Db db, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.Now();
        var (asked, notice) = await FindAsync(db, http.Request.Query["req"].ToString(), now, ct);
        return asked is null ? notice!.Page(StatusCodes.Status200OK) : new Page<ConsentAsk>(StatusCodes.Status200OK, await QuestionAsync(asked, db, now, ct));
    }

    private static async Task<IResult> Decide(
        HttpContext http, PagesOptions options, DecideConsent decide, ProveConsent prove, Db db, TimeProvider clock, CancellationToken ct)
    {
        if (!PostedHere.Test(http.Request, options.PublicBaseUrl)) return ConsentNotices.ForeignForm.Page();

        var (form, unreadable) = await ConsentForm.ReadAsync(http, ct);
        if (form is null) return unreadable!.Page();

        var (asked, closed) = await FindAsync(db, form.RequestId, clock.Now(), ct);
        if (asked is null) return closed!.Page();

        if (form.Passkey is { } passkey)
        {
            var proven = await prove.FinishAsync(passkey.Challenge, passkey.Response, asked.Request.Id, ct);
            if (!proven.Succeeded) return ConsentNotices.Unproven(proven.Failure).Page();
        }

        var decided = form.Approve
            ? await decide.ApproveAsync(asked.Request.Id, ConsentProof.Link, ct)
            : await decide.DenyAsync(asked.Request.Id, ConsentProof.Link, ct);
        return decided.Succeeded
            ? new Page<ConsentDone>(StatusCodes.Status200OK, Outcome(asked, decided.Value.Code))
            : await RefuseAsync(asked, decided.Failure, db, ct);
    }

    private static async Task<IResult> RefuseAsync(Asked asked, Failure failure, Db db, CancellationToken ct) =>
        failure.Kind == FailureKind.Forbidden && await HasPasskeyAsync(asked, db, ct)
            ? ConsentNotices.ScriptWanted(asked.Organization.Name).Page()
            : ConsentNotices.Of(failure, asked.Organization.Name).Page();

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

    private static async Task<ConsentQuestion> QuestionAsync(Asked asked, Db db, DateTimeOffset now, CancellationToken ct)
    {
        var (request, agent, organization) = asked;
        var isProven = organization.LeastProof > ConsentProof.Link;
        var byPasskey = isProven && await HasPasskeyAsync(asked, db, ct);
        var obstacle = isProven && !byPasskey
            ? ConsentNotices.ObstacleOf(ConsentFailures.ProofTooWeak(organization), organization.Name)
            : null;
        return new ConsentQuestion(
            request.Id.ToString(), agent.Name, agent.Description, agent.Did, organization.Name, request.Principal, request.Scopes, request.Lifetime,
            now, request.ExpiresAt, request.RedirectUri is null ? null : new Uri(request.RedirectUri).IdnHost, obstacle, byPasskey);
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
