using Microsoft.Extensions.DependencyInjection;

namespace Credence.Passkeys;

/// <summary>Registers this room.</summary>
internal static class PasskeysRoom
{
    /// <summary>Its operations.</summary>
    public static IServiceCollection AddPasskeys(this IServiceCollection services) => services
        .AddSingleton<PasskeyNotice>()
        .AddSingleton<EnrolPasskey>()
        .AddSingleton<UsePasskey>()
        .AddSingleton<RemovePasskey>();
}
