using Credence.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.SecondFactors;

/// <summary>Registers this room.</summary>
internal static class SecondFactorsRoom
{
    /// <summary>Its operations; what people do with them is in SignIn.</summary>
    public static IServiceCollection AddSecondFactors(this IServiceCollection services) => services
        .AddSingleton(provider => new TotpBox(KeySources.Read(provider.GetRequiredService<KeyOptions>()).Wrap))
        .AddSingleton<ProveFactor>()
        .AddSingleton<RenewTotpSecrets>();
}
