using Credence.People;
using Credence.Principals;
using Credence.SecondFactors;
using Credence.SignIn;
using Credence.Storage;

namespace Credence.Server.Pages.Account;

/// <summary><c>/account</c>: who somebody is here, what they sign in with, where they are signed in, and how that ends.</summary>
internal static class AccountPage
{
    /// <summary>Where it is.</summary>
    public const string Path = "/account";

    /// <summary>Maps the page and its forms.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], Show);
        routes.MapPost(Path, Act);
    }

    private static async Task<IResult> Show(HttpContext http, AccountCookie cookie, Db db, TimeProvider clock, CancellationToken ct)
    {
        var email = http.Request.Query["email"].ToString(); // the link of a mail leads here in the end (VERIFY_EMAIL_PAGE)
        if (await cookie.ReadAsync(http, ct) is not { } visitor) return email is "verified" or "expired" ? SignInPage.Saying(email) : SignInPage.For(Path);
        var (person, here, now) = (visitor.Signed.Person, visitor.Signed.Session.Id, clock.Now());
        var sessions = await PersonSessionStore.LiveAsync(db, person.Id, now, ct);
        var done = http.Request.Query["done"].ToString() switch
        {
            "session" => "That session is over.",
            "others" when sessions.Count == 1 => "You are signed in nowhere but here.",
            _ when email.Length > 0 => SignInPage.Said(email),
            "password" => "You have another password now, and are signed in nowhere but here.",
            "profile" => "What you say of yourself was saved.",
            _ => null,
        };
        return new Page<AccountHome>(StatusCodes.Status200OK, new AccountView(
            visitor.Signed.Name, visitor.FormToken, person, await PersonStore.IdentifiersAsync(db, person.Id, ct),
            [.. sessions.OrderByDescending(session => session.Id == here)], here, await ActingAsync(db, person.Id, now, ct), (await AccountPasskeys.ListAsync(db, person.Id, ct)).Count, done)
        {
            TakesTwoSteps = (await PersonFactors.OfAsync(db, person.Id, ct)).AreAsked,
        });
    }

    private static async Task<IResult> Act(HttpContext http, PagesOptions options, AccountCookie cookie, SignOut signOut, CancellationToken ct)
    {
        var (visitor, form, refused) = await AccountForm.ReadAsync(http, options, cookie, Path, ct);
        if (refused is not null) return refused;
        switch (form!["do"])
        {
            case "end-session" when Id<PersonSession>.TryParse(form["what"], out var session):
                await signOut.RunAsync(visitor!.Caller, session, ct); // over already is as good
                return new SeeOther($"{Path}?done=session");

            case "end-others":
                await signOut.OthersAsync(visitor!.Caller, ct);
                return new SeeOther($"{Path}?done=others");

            case "sign-out":
                await signOut.RunAsync(visitor!.Caller, visitor.Caller.Session, ct);
                cookie.Forget(http);
                return new SeeOther($"{SignInPage.Path}?said=signed-out");

            default:
                return AccountNotices.BadForm(StatusCodes.Status400BadRequest).Page();
        }
    }

    private static async Task<int> ActingAsync(Db db, PersonId person, DateTimeOffset now, CancellationToken ct)
    {
        var acting = 0;
        foreach (var session in await AccountPrincipals.OfAsync(db, person, now, ct))
        {
            acting += (await PrincipalStore.LiveAsync(db, session, now, MostCounted, ct)).DistinctBy(held => held.Agent.Id).Count();
        }

        return acting;
    }

    private const int MostCounted = 200;
}
