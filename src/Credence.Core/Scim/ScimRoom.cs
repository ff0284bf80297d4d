using Microsoft.Extensions.DependencyInjection;

namespace Credence.Scim;

/// <summary>Registers this room.</summary>
internal static class ScimRoom
{
    /// <summary>Its operations.</summary>
    public static IServiceCollection AddScim(this IServiceCollection services) => services
        .AddSingleton<CreateScimToken>()
        .AddSingleton<RevokeScimToken>()
        .AddSingleton<FindDirectory>()
        .AddSingleton<ListResources>()
        .AddSingleton<SearchResources>()
        .AddSingleton<CreateResource>()
        .AddSingleton<ChangeResource>()
        .AddSingleton<DeleteResource>();
}
