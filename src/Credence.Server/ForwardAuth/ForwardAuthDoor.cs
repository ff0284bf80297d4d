using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;
using Credence.Server.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Credence.Server.ForwardAuth;

/// <summary>How the forward-auth door is set up.</summary>
internal sealed record ForwardAuthOptions
{
    /// <summary>Calls a minute from one address to each route where passwords are tried.</summary>
    public required int CallsPerMinute { get; init; }

    /// <summary>Whether <c>/auth/verify</c> is served (<c>AUTH_PUBLIC_VERIFY</c>).</summary>
    public required bool HasPublicVerify { get; init; }

    /// <summary>Who may ask at <c>/forward-auth</c> (<c>TRUST_PROXY</c>); null for nobody.</summary>
    public required TrustedProxies? Proxies { get; init; }

    /// <summary>The cookie in which a browser shows its token (<c>FORWARD_AUTH_COOKIE</c>).</summary>
    public required string Cookie { get; init; }

    /// <summary>Where a browser goes that shows nothing (<c>FORWARD_AUTH_SIGN_IN_URL</c>).</summary>
    public required string SignInUrl { get; init; }
}

/// <summary>The forward-auth door: registering, logging in, and what a proxy asks before it lets a request through (contract forward-auth).</summary>
internal static class ForwardAuthDoor
{
    /// <summary>Registers what only this door uses.</summary>
    public static IServiceCollection AddForwardAuthDoor(this IServiceCollection services, ForwardAuthOptions options)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ExactPath>());
        return services.AddSingleton(options);
    }

    /// <summary>Maps the door.</summary>
    public static void Map(WebApplication app)
    {
        app.UseMiddleware<ForwardAuthPipeline>();
        var door = app.MapGroup("").WithMetadata(new OfForwardAuthDoor(), new HasExactPath(), new UnforeseenShape(ForwardAuthRefusal.FailAsync));
        AccountsApi.Map(door);
        VerifyApi.Map(door, app.Services.GetRequiredService<ForwardAuthOptions>());
        GatewayApi.Map(door);
        HealthApi.Map(door);
        UnknownPaths.Map(door);
    }
}
