using System.Globalization;
using Credence.Administration;
using Credence.People;
using Credence.Server.Doors;

namespace Credence.Server.Pages.Account;

/// <summary>What the form for somebody's profile shows.</summary>
/// <param name="FormToken">What the form carries.</param>
/// <param name="Profile">What stands in it.</param>
/// <param name="Problem">Why it did not do; null the first time.</param>
public sealed record ProfileAsked(string FormToken, PersonProfile Profile, string? Problem);

/// <summary><c>/account/profile</c>: what somebody says of themselves, changed by the same operation as at the people door (contract identity ID-36).</summary>
internal static class ProfilePage
{
    /// <summary>Where it is.</summary>
    public const string Path = AccountPage.Path + "/profile";

    private const int LongestName = 100, LongestLocale = 16;

    /// <summary>Maps the page and its form.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], Show);
        routes.MapPost(Path, Change);
    }

    private static async Task<IResult> Show(HttpContext http, AccountCookie cookie, CancellationToken ct) =>
        await cookie.ReadAsync(http, ct) is { } visitor ? Ask(visitor, visitor.Signed.Person.Profile, problem: null, StatusCodes.Status200OK) : SignInPage.For(Path);

    private static async Task<IResult> Change(HttpContext http, PagesOptions options, AccountCookie cookie, RevisePerson revise, CancellationToken ct)
    {
        var (visitor, form, refused) = await AccountForm.ReadAsync(http, options, cookie, Path, ct);
        if (refused is not null) return refused;
        var profile = new PersonProfile(form!.TrimmedOrNull("first"), form.TrimmedOrNull("last"), form.TrimmedOrNull("birthday"), form.TrimmedOrNull("locale"));
        if (ProblemOf(profile) is { } problem) return Ask(visitor!, profile, problem, StatusCodes.Status422UnprocessableEntity);
        var revised = await revise.RunAsync(visitor!.Caller, visitor.Signed.Person.Id, new RevisePerson.Change(Status: null, _ => profile), ct);
        return revised.Succeeded ? new SeeOther($"{AccountPage.Path}?done=profile") : SignInPage.For(Path); // deleted meanwhile
    }

    private static string? ProblemOf(PersonProfile profile)
    {
        if (Bad(profile.FirstName, LongestName) || Bad(profile.LastName, LongestName)) return $"A name has at most {LongestName} characters.";
        if (profile.Birthday is { } day && !DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) return "Write the birthday as 1990-12-31.";
        return Bad(profile.Locale, LongestLocale) ? "Choose one of the languages." : null;
    }

    private static bool Bad(string? text, int most) => text is not null && TextRules.Problem(text, 1, most) is not null;

    private static Page<ProfileForm> Ask(Visitor visitor, PersonProfile profile, string? problem, int status) => new(status, new ProfileAsked(visitor.FormToken, profile, problem));
}
