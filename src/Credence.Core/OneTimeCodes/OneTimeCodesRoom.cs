using Credence.Configurations;
using Credence.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.OneTimeCodes;

/// <summary>Registers this room.</summary>
internal static class OneTimeCodesRoom
{
    /// <summary>Its operations; <see cref="CodeOptions"/> come from the host.</summary>
    public static IServiceCollection AddOneTimeCodes(this IServiceCollection services) => services
        .AddSingleton<CurrentCodeRules>(provider =>
        {
            var configurations = provider.GetRequiredService<CurrentConfigurations>();
            return async ct => CodeRules.Of(OtpSettings.Of(await configurations.ReadAsync(ct)));
        })
        .AddSingleton(provider => new CodeSecrets(
            provider.GetRequiredService<CodeOptions>(), KeySources.Read(provider.GetRequiredService<KeyOptions>()).Wrap))
        .AddSingleton<RequestCode>()
        .AddSingleton<MakeCode>()
        .AddSingleton<VerifyCode>()
        .AddSingleton<ReleaseCodes>()
        .AddSingleton<CodeSessions>();
}
