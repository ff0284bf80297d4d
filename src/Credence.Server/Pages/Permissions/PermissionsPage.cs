using Credence.Grants;
using Credence.Principals;

namespace Credence.Server.Pages.Permissions;

/// <summary><c>/permissions</c>: a person sees every agent that may act for them, and stops one or all (contract grantex-core 11; design D9, D20).</summary>
internal static class PermissionsPage
{
    /// <summary>Where it is; its cookie goes nowhere else.</summary>
    public const string Path = "/permissions";

    /// <summary>Maps the page and its forms.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var page = routes.MapGroup("").WithMetadata(PageKind.Permissions);
        page.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], Show);
        page.MapPost(Path, Act);
    }

    private static async Task<IResult> Show(
        HttpContext http, SessionCookie cookie, CheckSession check, ReadPermissions read, PasskeysPage passkeys, CancellationToken ct)
    {
        var query = http.Request.Query;
        if (query["session"] is [{ Length: > 0 } token]) return await OpenAsync(http, token, cookie, check, ct); // a token must not stay in an address
        if (PermissionsNotices.Find(query["link"]) is { } wanted) return Ask(wanted);

        var session = await cookie.ReadAsync(http, ct);
        if (!session.Succeeded) return Refuse(session.Failure, StatusCodes.Status200OK);
        if (query["ask"] == "passkey") return await passkeys.AskAsync(session.Value, ct);
        var view = await read.RunAsync(session.Value, query["stopped"], ct);
        return query["ask"] == "stop-all" && view.Agents.Count > 0
            ? new Page<StopEverything>(StatusCodes.Status200OK, view)
            : new Page<Granted>(StatusCodes.Status200OK, view);
    }

    private static async Task<IResult> Act(
        HttpContext http, PagesOptions options, SessionCookie cookie, CheckSession check, RevokeGrant revoke, TakeBackGrants takeBack, EndSession end,
        PasskeysPage passkeys, CancellationToken ct)
    {
        if (!PostedHere.Test(http.Request, options.PublicBaseUrl)) return PermissionsNotices.ForeignForm.Page();
        var (form, unreadable) = await PermissionsForm.ReadAsync(http, ct);
        if (form is null) return unreadable!.Page();
        if (form is PermissionsForm.Open open) return await OpenAsync(http, LinkText.Token(open.Link), cookie, check, ct);

        var session = await cookie.ReadAsync(http, ct);
        if (!session.Succeeded) return Refuse(session.Failure, StatusCodes.Status401Unauthorized);
        var person = session.Value;
        switch (form)
        {
            case PermissionsForm.StopAgent { Agent: var agent }:
                await takeBack.RunAsync(person, agent, ct);
                return new SeeOther($"{Path}?stopped={agent}");

            case PermissionsForm.StopGrant { Grant: var grant }:
                await revoke.RunAsync(person.Organization, person.Principal, grant, PrincipalSession.Actor, ct); // over already is as good
                return new SeeOther($"{Path}?stopped=one");

            case PermissionsForm.StopAll:
                await takeBack.RunAsync(person, agent: null, ct);
                return new SeeOther($"{Path}?stopped=all");

            case PermissionsForm.AddPasskey passkey: return await passkeys.AddAsync(person, passkey, ct);

            case PermissionsForm.RemovePasskey { Passkey: var passkey }: return await passkeys.RemoveAsync(person, passkey, ct);

            default:
                await end.SignOutAsync(person, ct);
                cookie.Forget(http);
                return new SeeOther($"{Path}?link=signed-out");
        }
    }

    /// <summary>Trades the token of a link for the cookie. Whatever comes of it, the next address has no token in it.</summary>
    private static async Task<IResult> OpenAsync(HttpContext http, string token, SessionCookie cookie, CheckSession check, CancellationToken ct)
    {
        var session = await check.RunAsync(token, ct);
        if (session.Succeeded) cookie.Keep(http, token, session.Value);
        else if (session.Failure.Kind == FailureKind.Unavailable) return PermissionsNotices.Unsure.Page();
        return new SeeOther(session.Succeeded ? Path : $"{Path}?link={(session.Failure == PrincipalFailures.SessionOver ? "over" : "invalid")}");
    }

    private static IResult Refuse(Failure failure, int status)
    {
        if (failure.Kind == FailureKind.Unavailable) return PermissionsNotices.Unsure.Page();
        return Ask(failure == SessionCookie.None ? PermissionsNotices.NoSession : PermissionsNotices.Over, status);
    }

    private static Page<LinkWanted> Ask(SessionWanted wanted, int status = StatusCodes.Status200OK) => new(status, wanted);
}
