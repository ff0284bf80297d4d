using Credence.Agents;
using Credence.Grants;
using Credence.Principals;
using Credence.Server.Pages.Permissions;
using Credence.Storage;

namespace Credence.Server.Pages.Account;

/// <summary><c>/account/agents</c>: every agent that somebody allowed something as this account, through whichever organization, and how it is stopped (design D9).</summary>
internal static class MyAgentsPage
{
    /// <summary>Where it is.</summary>
    public const string Path = AccountPage.Path + "/agents";

    /// <summary>Maps the page and its forms.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], Show);
        routes.MapPost(Path, Act);
    }

    private static async Task<IResult> Show(HttpContext http, AccountCookie cookie, ReadPermissions read, Db db, TimeProvider clock, CancellationToken ct)
    {
        if (await cookie.ReadAsync(http, ct) is not { } visitor) return SignInPage.For(Path);
        var stopped = http.Request.Query["stopped"].ToString();
        var through = new List<(string, PermissionsView)>();
        foreach (var session in await AccountPrincipals.OfAsync(db, visitor.Signed.Person.Id, clock.Now(), ct))
        {
            var view = await read.RunAsync(session, stopped, ct);
            if (view.Agents.Count + view.Ended.Count > 0) through.Add((WhoseOf(session), view));
        }

        var done = stopped == "all"
            ? through.TrueForAll(one => one.Item2.Acting == 0) && through.Count > 0 ? "You stopped every agent. None of them can act for you any more." : null
            : through.Select(one => one.Item2.JustDone).FirstOrDefault(said => said is not null);
        var model = new MyAgentsView(visitor.Signed.Name, visitor.FormToken, through, done);
        return http.Request.Query["ask"] == "stop-all" && model.Acting > 0
            ? new Page<StopMyAgents>(StatusCodes.Status200OK, model)
            : new Page<MyAgents>(StatusCodes.Status200OK, model);
    }

    private static async Task<IResult> Act(
        HttpContext http, PagesOptions options, AccountCookie cookie, RevokeGrant revoke, TakeBackGrants takeBack, Db db, TimeProvider clock, CancellationToken ct)
    {
        var (visitor, form, refused) = await AccountForm.ReadAsync(http, options, cookie, Path, ct);
        if (refused is not null) return refused;
        var own = await AccountPrincipals.OfAsync(db, visitor!.Signed.Person.Id, clock.Now(), ct);
        if (form!["do"] == "stop-all")
        {
            foreach (var each in own) await takeBack.RunAsync(each, agent: null, ct);
            return new SeeOther($"{Path}?stopped=all");
        }

        if (own.Find(one => WhoseOf(one) == form["whose"]) is not { } session) return AccountNotices.BadForm(StatusCodes.Status400BadRequest).Page();
        switch (form["do"])
        {
            case "stop-agent" when Id<Agent>.TryParse(form["what"], out var agent):
                await takeBack.RunAsync(session, agent, ct);
                return new SeeOther($"{Path}?stopped={agent}");

            case "stop-grant" when Id<Grant>.TryParse(form["what"], out var grant):
                await revoke.RunAsync(session.Organization, session.Principal, grant, PrincipalSession.Actor, ct); // over already is as good
                return new SeeOther($"{Path}?stopped=one");

            default:
                return AccountNotices.BadForm(StatusCodes.Status400BadRequest).Page();
        }
    }

    private static string WhoseOf(PrincipalSession session) => $"{session.Organization}/{session.Principal}";
}
