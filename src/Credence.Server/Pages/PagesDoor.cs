using Credence.Server.Pages.Consent;

namespace Credence.Server.Pages;

/// <summary>The pages door: what people see in a browser (design 7). Pages work without a script.</summary>
internal static class PagesDoor
{
    /// <summary>Registers what only this door uses.</summary>
    public static IServiceCollection AddPages(this IServiceCollection services, PagesOptions options) =>
        services.AddSingleton(options);

    /// <summary>Maps the pages.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").AddEndpointFilter<PageGuard>();
        ConsentPage.Map(pages);
    }
}
