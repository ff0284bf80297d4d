using Credence.Server.Doors;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Credence.Server.OAuth;

/// <summary>What any standard client reads first: who this server is, what its open doors offer, and its keys (design D2).</summary>
internal static class OAuthDoor
{
    /// <summary>Registers what only this door uses.</summary>
    public static IServiceCollection AddOAuthDoor(this IServiceCollection services, OAuthOptions options)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ExactPath>());
        return services.AddSingleton(options).AddSingleton<WellKnownDocuments>();
    }

    /// <summary>Maps the door.</summary>
    public static void Map(WebApplication app) =>
        WellKnownApi.Map(app.MapGroup("").WithMetadata(new HasExactPath()), app.Services.GetRequiredService<OAuthOptions>());
}
