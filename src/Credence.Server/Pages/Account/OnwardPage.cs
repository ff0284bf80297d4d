using Credence.Gateways;
using Credence.Server.Doors;

namespace Credence.Server.Pages.Account;

/// <summary>
/// <c>/account/onward</c>: the way back to a page behind a proxy, which asked who somebody is (contract standards 11). From now on this browser shows it to the proxy. It goes
/// to the address of the ticket, which this server signed, and to no other.
/// </summary>
internal static class OnwardPage
{
    private const string Path = AccountPage.Path + "/onward";

    /// <summary>Maps the page.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], Show);

    /// <summary>The page for a ticket that is good.</summary>
    /// <param name="ticket">What <c>/forward-auth</c> wrote into the address of the sign-in page.</param>
    /// <param name="tickets">Reads it.</param>
    /// <returns>Null for any other text.</returns>
    public static string? For(string ticket, ReturnTickets tickets) => tickets.Read(ticket) is null ? null : For(ticket);

    /// <summary>Whether that is this page.</summary>
    public static bool Is(string? next) => next?.StartsWith($"{Path}?", StringComparison.Ordinal) == true;

    private static async Task<IResult> Show(HttpContext http, AccountCookie cookie, VisitCookie visits, ReturnTickets tickets, OpenVisit open, CancellationToken ct)
    {
        var ticket = http.Request.Query["return"].ToString();
        if (tickets.Read(ticket) is not { } address) return AccountNotices.NoWayBack.Page(StatusCodes.Status200OK);
        if (await cookie.ReadAsync(http, ct) is not { } visitor) return SignInPage.For(For(ticket));
        if (!visits.Reaches(address.Host)) return AccountNotices.OutOfReach(address.Host).Page(StatusCodes.Status200OK);
        var visit = await open.RunAsync(visitor.Signed, ct);
        visits.Set(http, visit.Jwt, visit.ExpiresAt);
        return new Page<Onward>(StatusCodes.Status200OK, address);
    }

    private static string For(string ticket) => $"{Path}?return={Uri.EscapeDataString(ticket)}";
}
