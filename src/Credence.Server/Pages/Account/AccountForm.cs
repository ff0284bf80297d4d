namespace Credence.Server.Pages.Account;

/// <summary>What every form of somebody signed in has to be: sent from a page of this server that was shown to this session.</summary>
internal static class AccountForm
{
    /// <param name="http">The request.</param>
    /// <param name="options">Where the pages are.</param>
    /// <param name="cookie">Who is signed in.</param>
    /// <param name="page">Where somebody comes back to who must sign in first.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>Who sent it and what; or the answer to a form that is refused.</returns>
    public static async Task<(Visitor? Visitor, FormFields? Form, IResult? Refused)> ReadAsync(
        HttpContext http, PagesOptions options, AccountCookie cookie, string page, CancellationToken ct)
    {
        if (!PostedHere.Test(http.Request, options.PublicBaseUrl)) return (null, null, AccountNotices.ForeignForm.Page());
        var (form, refused) = await FormFields.ReadAsync(http, ct);
        if (form is null) return (null, null, AccountNotices.BadForm(refused).Page());
        if (await cookie.ReadAsync(http, ct) is not { } visitor) return (null, null, SignInPage.For(page));
        return visitor.Wrote(form["token"]) ? (visitor, form, null) : (null, null, AccountNotices.OtherSession.Page());
    }
}
