using Microsoft.Extensions.DependencyInjection;

namespace Credence.Configurations;

/// <summary>What this room offers: settings that are changed at run time, and the credentials that go with them.</summary>
public static class ConfigurationsRoom
{
    /// <summary>Registers the room; the groups are registered by the rooms that read them.</summary>
    public static IServiceCollection AddConfigurations(this IServiceCollection services) => services
        .AddSingleton<ConfigurationGroup, OtpGroup>()
        .AddSingleton<CredentialBox>()
        .AddSingleton<CurrentConfigurations>()
        .AddSingleton<ListConfigurations>()
        .AddSingleton<ChangeConfiguration>()
        .AddSingleton<ReencryptCredentials>();
}
