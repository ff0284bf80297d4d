using Microsoft.Extensions.DependencyInjection;

namespace Credence.Keys;

/// <summary>What this room offers: signing keys, their life, and encryption at rest.</summary>
public static class KeysRoom
{
    /// <summary>Registers the room. <see cref="KeyOptions"/>, <see cref="Storage.Db"/> and <see cref="TimeProvider"/> come from the host.</summary>
    public static IServiceCollection AddKeys(this IServiceCollection services) => services
        .AddSingleton(new KeyRing())
        .AddSingleton(provider => KeySources.Read(provider.GetRequiredService<KeyOptions>()).Data)
        .AddSingleton(provider => new ApplicationSecret(provider.GetRequiredService<KeyOptions>()))
        .AddSingleton<LoadKeys>()
        .AddSingleton<ReloadKeys>()
        .AddSingleton<RotateKeys>()
        .AddSingleton<RetireKey>()
        .AddSingleton<ListKeys>()
        .AddSingleton<FindLostKeys>();
}
