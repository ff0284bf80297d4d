using Credence.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.Sso;

/// <summary>What this room offers: signing on with a company's identity provider.</summary>
public static class SsoRoom
{
    /// <summary>Registers the room. <see cref="SsoOptions"/> come from the host.</summary>
    public static IServiceCollection AddSso(this IServiceCollection services) => services
        .AddSingleton(provider => new SsoSecrets(KeySources.Read(provider.GetRequiredService<KeyOptions>()).Wrap))
        .AddSingleton(provider => new StateSeal(provider.GetRequiredService<SsoOptions>(), KeySources.Read(provider.GetRequiredService<KeyOptions>()).Wrap))
        .AddSingleton<Providers>()
        .AddSingleton<CreateConnection>()
        .AddSingleton<ChangeConnection>()
        .AddSingleton<DeleteConnection>()
        .AddSingleton<TestConnection>()
        .AddSingleton<ChangeConfig>()
        .AddSingleton<EndSignOn>()
        .AddSingleton<BeginLogin>()
        .AddSingleton<TakeLogin>()
        .AddSingleton<AskProvider>()
        .AddSingleton<ProvisionPerson>()
        .AddSingleton<FinishLogin>()
        .AddSingleton<FinishConfigLogin>()
        .AddSingleton<RefuseLogin>()
        .AddSingleton<RenewSsoSecrets>();
}
