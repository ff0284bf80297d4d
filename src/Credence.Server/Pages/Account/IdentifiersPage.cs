using Credence.People;
using Credence.Server.Hosting.Requests;
using Credence.SignIn;
using Credence.Storage;

namespace Credence.Server.Pages.Account;

/// <summary>What somebody signs in with.</summary>
/// <param name="FormToken">What every form carries.</param>
/// <param name="Identifiers">The names, the oldest first.</param>
/// <param name="Typed">What was typed before.</param>
/// <param name="Problem">Why something was not done; null when nothing went wrong.</param>
/// <param name="JustDone">What they just did, in a sentence; null when nothing.</param>
public sealed record IdentifiersView(string FormToken, IReadOnlyList<PersonIdentifier> Identifiers, string Typed = "", string? Problem = null, string? JustDone = null);

/// <summary><c>/account/identifiers</c>: addresses and numbers are added with a code (contract identity ID-29 to ID-32) and taken away.</summary>
internal static class IdentifiersPage
{
    /// <summary>Where it is.</summary>
    public const string Path = AccountPage.Path + "/identifiers";

    private const int LongestIdentifier = 320;

    /// <summary>Maps the page and its forms.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], Show);
        routes.MapPost(Path, Act);
    }

    private static async Task<IResult> Show(HttpContext http, AccountCookie cookie, Db db, TimeProvider clock, CancellationToken ct)
    {
        if (await cookie.ReadAsync(http, ct) is not { } visitor) return SignInPage.For(Path);
        if (!visitor.Signed.IsFresh(clock.Now())) return SignInPage.Again(Path); // asked before anything is typed, and by the operations again
        var done = http.Request.Query["done"].ToString() switch { "added" => "It is proven to be yours, and you may sign in with it.", "removed" => "It is no longer yours here.", _ => null };
        return await ShowAsync(db, visitor, new IdentifiersView(visitor.FormToken, [], JustDone: done), StatusCodes.Status200OK, ct);
    }

    private static async Task<IResult> Act(
        HttpContext http, PagesOptions options, RateLimits limits, AccountCookie cookie, LinkIdentifier link, RemoveIdentifier remove, Db db, CancellationToken ct)
    {
        var (visitor, form, refused) = await AccountForm.ReadAsync(http, options, cookie, Path, ct);
        if (refused is not null) return refused;
        if (form!["do"] is "remove")
        {
            if (!Id<PersonIdentifier>.TryParse(form["what"], out var gone)) return AccountNotices.BadForm(StatusCodes.Status400BadRequest).Page();
            var removed = await remove.RunAsync(visitor!.Signed, visitor.Caller, gone, ct);
            if (removed.Succeeded || removed.Failure == SignInFailures.NoSuchIdentifier) return new SeeOther($"{Path}?done=removed"); // gone already is as good
            return removed.Failure == SignInFailures.NotFresh
                ? SignInPage.Again(Path)
                : await ShowAsync(db, visitor, new IdentifiersView(visitor.FormToken, [], Problem: AccountNotices.Problem(removed.Failure)), AccountNotices.StatusOf(removed.Failure), ct);
        }

        if (form["do"] is not ("add" or "confirm")) return AccountNotices.BadForm(StatusCodes.Status400BadRequest).Page();
        var typed = form["what"].Trim();
        if (await limits.CountAddressAsync(http, $"pages:{Path}:{form["do"]}", options.SignInPerMinute) is { } seconds)
        {
            return await ShowAsync(db, visitor!, new IdentifiersView(visitor!.FormToken, [], typed, AccountNotices.TooOften(seconds)), StatusCodes.Status429TooManyRequests, ct);
        }

        var scheme = typed.Contains('@') ? IdentifierScheme.Email : IdentifierScheme.PhoneNumber;
        if (typed.Length > LongestIdentifier || Normalized.Of(scheme, typed) is not { } value)
        {
            return await ShowAsync(
                db, visitor!, new IdentifiersView(visitor!.FormToken, [], typed, "That is no e-mail address, and no phone number with its country."), StatusCodes.Status422UnprocessableEntity, ct);
        }

        return form["do"] == "add" ? await AddAsync(http, visitor!, scheme, value, link, db, ct) : await ConfirmAsync(http, visitor!, form, scheme, value, link, ct);
    }

    private static async Task<IResult> AddAsync(HttpContext http, Visitor visitor, IdentifierScheme scheme, string value, LinkIdentifier link, Db db, CancellationToken ct)
    {
        var sent = await link.RequestAsync(visitor.Signed, visitor.Caller, scheme, value, ct);
        if (sent.Succeeded) return AskCode(visitor, value, sent.Value.SessionToken, problem: null, StatusCodes.Status200OK);
        if (sent.Failure == SignInFailures.NotFresh) return SignInPage.Again(Path);
        return await ShowAsync(db, visitor, new IdentifiersView(visitor.FormToken, [], value, AccountNotices.Problem(sent.Failure)), AccountNotices.Told(http, sent.Failure), ct);
    }

    private static async Task<IResult> ConfirmAsync(
        HttpContext http, Visitor visitor, FormFields form, IdentifierScheme scheme, string value, LinkIdentifier link, CancellationToken ct)
    {
        var session = form["session"];
        if (session.Length is 0 or > CodeAsked.LongestSession) return AccountNotices.BadForm(StatusCodes.Status400BadRequest).Page();
        var added = await link.ConfirmAsync(visitor.Caller, scheme, session, CodeAsked.Typed(form["code"]), ct);
        if (added.Succeeded) return new SeeOther($"{Path}?done=added");
        var problem = added.Failure == SignInFailures.IdentifierProven ? "Somebody else has proven meanwhile that it is theirs." : AccountNotices.Problem(added.Failure);
        return AskCode(visitor, value, session, problem, AccountNotices.Told(http, added.Failure));
    }

    private static async Task<IResult> ShowAsync(Db db, Visitor visitor, IdentifiersView view, int status, CancellationToken ct) =>
        new Page<IdentifierList>(status, view with { Identifiers = await PersonStore.IdentifiersAsync(db, visitor.Signed.Person.Id, ct) });

    private static Page<CodeForm> AskCode(Visitor visitor, string value, string session, string? problem, int status) => new(status, new CodeAsked(
        "Show that it is yours", $"A code is on its way to {value}, unless somebody else has proven that it is theirs.", Path,
        [("token", visitor.FormToken), ("do", "confirm"), ("what", value), ("session", session)], Path, problem));
}
