using Credence.People;
using Credence.SignIn;

namespace Credence.Server.People;

/// <summary><c>/auth/verify-email</c>, <c>/auth/verify-phone</c>: an address or number is shown to be theirs who gave it (contract identity ID-19 to ID-23).</summary>
internal static class VerifyApi
{
    /// <summary>Where the link in the mail goes.</summary>
    public const string Link = PeopleDoor.Base + "/auth/verify-email";

    private static readonly string[] PrefetchHeaders = ["Sec-Purpose", "Purpose", "X-Moz"];

    private static readonly PeopleRefusal Prefetched = new(425, "The link is for once: open it, do not fetch it beforehand") { Code = "auth.prefetch" };

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "email", IdentifierScheme.Email);
        Map(routes, "phone", IdentifierScheme.PhoneNumber);
        routes.MapGet(Link, Follow).Guarded();
        routes.MapMethods(Link, [HttpMethods.Head], (PeopleDoorOptions options) => SeeOther(options.VerifyEmailPage)).Guarded();
    }

    private static void Map(IEndpointRouteBuilder routes, string name, IdentifierScheme scheme)
    {
        var path = $"{PeopleDoor.Base}/auth/verify-{name}";
        routes.MapPost(path + "/request", (PeopleCall call, VerifyIdentifier verify, CancellationToken ct) => Request(name, scheme, call, verify, ct)).Guarded();
        routes.MapPost(path + "/confirm", (PeopleCall call, VerifyIdentifier verify, CancellationToken ct) => Confirm(scheme, call, verify, ct)).Guarded();
    }

    private static async Task<IResult> Request(string name, IdentifierScheme scheme, PeopleCall call, VerifyIdentifier verify, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var value = call.Body.Reachable(name, scheme);
        var locale = call.Body.Locale();
        if (call.Invalid() is { } invalid) return invalid;
        return (await verify.RequestAsync(scheme, value, locale, ct)).Ok(CodeSentShape.Of, PeopleJson.Wire.CodeSentShape);
    }

    private static async Task<IResult> Confirm(IdentifierScheme scheme, PeopleCall call, VerifyIdentifier verify, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var (session, code) = call.Body.Code();
        if (call.Invalid() is { } invalid) return invalid;
        return (await verify.ConfirmAsync(scheme, session, code, call.Origin, ct)).Ok(_ => new VerifiedShape(true), PeopleJson.Wire.VerifiedShape);
    }

    /// <summary>
    /// The link is spent by being opened. What only looks at it does not spend it: HEAD, as scanners of mail ask, and a browser that fetches a page before anybody opens
    /// it, which gets no page to keep.
    /// </summary>
    private static async Task<IResult> Follow(PeopleCall call, VerifyIdentifier verify, PeopleDoorOptions options, CancellationToken ct)
    {
        if (IsPrefetch(call.Http.Request.Headers)) return Prefetched;
        var token = call.Query.TextOrNull("token", 128);
        if (call.Invalid() is { } invalid) return invalid;
        var followed = await verify.FollowAsync(token ?? "", call.Origin, ct);
        if (followed.Failure is { Kind: FailureKind.Unavailable } away) return away.Answer();
        return SeeOther($"{options.VerifyEmailPage}?email={(followed.Succeeded ? "verified" : "expired")}");
    }

    private static bool IsPrefetch(IHeaderDictionary headers) =>
        PrefetchHeaders.Any(name => headers[name].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase));

    private static SeeOther SeeOther(string page) => new(page);
}

/// <summary>303 to a page.</summary>
internal sealed record SeeOther(string Page) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = Page;
        httpContext.Response.Headers["Referrer-Policy"] = "no-referrer";
        return Task.CompletedTask;
    }
}
