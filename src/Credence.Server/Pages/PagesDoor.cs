using Credence.Server.Pages.Account;
using Credence.Server.Pages.Consent;
using Credence.Server.Pages.Outbox;
using Credence.Server.Pages.Permissions;

namespace Credence.Server.Pages;

/// <summary>The pages door: what people see in a browser (design 7). Pages work without a script.</summary>
internal static class PagesDoor
{
    /// <summary>Registers what only this door uses.</summary>
    public static IServiceCollection AddPages(this IServiceCollection services, PagesOptions options) =>
        services
        .AddSingleton(options)
        .AddSingleton<PageGuard>()
        .AddSingleton<SessionCookie>()
        .AddSingleton<AccountCookie>()
        .AddSingleton<SecondStepCookie>()
        .AddSingleton<ReadPermissions>()
        .AddSingleton<Permissions.PasskeysPage>();

    /// <summary>Maps the pages.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="hasGrants">Whether agents ask for consent here: those pages belong to the grants door, since without them nobody could decide.</param>
    public static void Map(IEndpointRouteBuilder routes, bool hasGrants)
    {
        RelatedOrigins.Map(routes);
        var pages = Group(routes);
        var account = pages.MapGroup("").WithMetadata(PageKind.Account);
        SignInPage.Map(account);
        SignUpPage.Map(account);
        AccountPage.Map(account);
        PasswordPage.Map(account);
        Account.PasskeysPage.Map(account);
        PasskeySignInPage.Map(account);
        OnwardPage.Map(account);
        RecoverPage.Map(account);
        ProfilePage.Map(account);
        IdentifiersPage.Map(account);
        SecondStepPage.Map(account);
        TwoStepPage.Map(account);
        TwoStepAppPage.Map(account);
        MyAgentsPage.Map(account);
        if (!hasGrants) return;
        ConsentPage.Map(pages);
        PermissionsPage.Map(pages);
    }

    /// <summary>Maps the page that development alone has.</summary>
    public static void MapOutbox(IEndpointRouteBuilder routes) => OutboxPage.Map(Group(routes));

    private static RouteGroupBuilder Group(IEndpointRouteBuilder routes) =>
        routes.MapGroup("").AddEndpointFilter(routes.ServiceProvider.GetRequiredService<PageGuard>()); // made by its type, it would cost compiled expressions
}
