using Credence.Credentials;
using Credence.Events;
using Credence.Keys;
using Credence.Messages;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Roles;
using Credence.Server.Hosting.Settings;
using Credence.SignIn;
using Credence.State;
using Credence.Storage;
using Credence.Webhooks;

namespace Credence.Server.Hosting.Start;

/// <summary>A named step of the start.</summary>
internal sealed record StartStep(string Name, Func<IServiceProvider, CancellationToken, Task> RunAsync);

/// <summary>
/// What happens between the settings and the first request, in this order (contract operations O14). The keys that settings give were read with the
/// settings; those of the database follow it. Workers wait for the listener by themselves.
/// </summary>
internal static class StartSteps
{
    public static readonly IReadOnlyList<StartStep> BeforeListening =
    [
        new("tracing", (services, _) => Do(services.GetRequiredService<TraceExport>().Start)),
        new("database", (services, ct) => services.GetRequiredService<DatabaseStart>().OpenAsync(ct)),
        new("migrations", (services, ct) => services.GetRequiredService<DatabaseStart>().MigrateAsync(ct)),
        new("signing keys", WhenMigrated((services, ct) => services.GetRequiredService<LoadKeys>().RunAsync(ct))),
        new("shared state", (services, _) => Do(() => ConnectState(services))),
        new("revocations", WhenMigrated((services, ct) => services.GetRequiredService<RevocationIndex>().CatchUpAsync(ct))),
        new("seed data", WhenMigrated(SeedAsync)),
        new("adopted users", WhenMigrated((services, ct) => services.GetRequiredService<AdoptUsers>().RunAsync(ct))),
    ];

    /// <summary>With migrations left to the operator a node starts, but what needs the tables is left to the workers until they are there (O17).</summary>
    private static Func<IServiceProvider, CancellationToken, Task> WhenMigrated(Func<IServiceProvider, CancellationToken, Task> step) =>
        (services, ct) => services.GetRequiredService<DatabaseStart>().IsMigrated ? step(services, ct) : Task.CompletedTask;

    /// <summary>Begins to connect and does not wait: an unreachable Redis stops nothing.</summary>
    private static void ConnectState(IServiceProvider services)
    {
        services.GetRequiredService<RevocationIndex>().Listen();
        services.GetRequiredService<DispatchEvents>().Listen();
        services.GetRequiredService<EventFeed>().Listen();
        services.GetRequiredService<DeliverWebhooks>().Listen();
        services.GetRequiredService<DeliverMessages>().Listen();
        if (services.GetRequiredService<ISharedState>().IsRemote) return;
        HostLog.EmbeddedState(services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(StartSteps)));
    }

    private static async Task SeedAsync(IServiceProvider services, CancellationToken ct)
    {
        var settings = services.GetRequiredService<SettingValues>();
        var signUp = services.GetRequiredService<SignUp>();
        if (settings.Of(GrantSettings.SeedApiKey) is { } live) await signUp.SeedAsync("Development", OrganizationMode.Live, live, ct);
        if (settings.Of(GrantSettings.SeedSandboxKey) is { } sandbox) await signUp.SeedAsync("Development sandbox", OrganizationMode.Sandbox, sandbox, ct);
        if (await RoleStore.FindAsync(services.GetRequiredService<Db>(), settings.Of(PeopleSettings.DefaultRole), ct) is null) throw new InvalidDataException("DEFAULT_ROLE names no role");
        if (settings.Of(AgentSettings.Bootstrap) is not { } client) return;
        var begun = await services.GetRequiredService<Bootstrap>().EnsureAsync(Bootstrap.Usual, client.Id, client.Secret, ct);
        if (!begun.Succeeded) throw new InvalidDataException($"BOOTSTRAP_ADMIN_CLIENT: {begun.Failure.Detail}");
    }

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
