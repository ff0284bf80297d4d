using Credence.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.OneTimeCodes;

/// <summary>Registers this room.</summary>
internal static class OneTimeCodesRoom
{
    /// <summary>Its operations; <see cref="CodeOptions"/> come from the host.</summary>
    public static IServiceCollection AddOneTimeCodes(this IServiceCollection services) => services
        .AddSingleton<Func<CodeRules>>(() => Default)
        .AddSingleton(provider => new CodeSecrets(
            provider.GetRequiredService<CodeOptions>(), KeySources.Read(provider.GetRequiredService<KeyOptions>()).Wrap))
        .AddSingleton<RequestCode>()
        .AddSingleton<VerifyCode>()
        .AddSingleton<ReleaseCodes>()
        .AddSingleton<CodeSessions>();

    private static readonly CodeRules Default = new();
}
