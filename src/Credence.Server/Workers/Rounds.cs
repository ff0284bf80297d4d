using Credence.Anomalies;
using Credence.Audit;
using Credence.Compliance;
using Credence.Events;
using Credence.Federation;
using Credence.Gateways;
using Credence.Keys;
using Credence.Messages;
using Credence.Proofs;
using Credence.Revocations;
using Credence.SecondFactors;
using Credence.Server.Hosting.Start;
using Credence.Sso;
using Credence.Storage;
using Credence.Usage;
using Credence.Webhooks;

namespace Credence.Server.Workers;

/// <summary>Everything that happens by itself, and how often (contract operations O31 to O33).</summary>
internal static class Rounds
{
    private static readonly TimeSpan Rotation = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Following = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Sweeping = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ReadingRoutes = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Sealing = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Proving = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Dropping = TimeSpan.FromHours(1);
    private static readonly TimeSpan StoringUsage = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CheckingAudit = TimeSpan.FromHours(1);
    private static readonly TimeSpan CheckingControls = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ReadingControls = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Delivering = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Alerting = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Renewing = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Expiring = TimeSpan.FromMinutes(10);

    /// <summary>Adds the workers.</summary>
    public static IServiceCollection AddWorkers(this IServiceCollection services) => services
        .AddSingleton<KeyCare>()
        .AddSingleton<Expiry>()
        .AddSingleton<DatabaseOutage>()
        .Add(provider => EveryNode("key-reload", provider.GetRequiredService<KeyOptions>().ReloadInterval, provider.GetRequiredService<KeyCare>().RunAsync))
        .Add(provider => EveryNode("key-rotation", Rotation, provider.GetRequiredService<RotateKeys>().RunAsync)) // each of its steps is conditional
        .Add(provider => FollowRevocations(provider.GetRequiredService<RevocationIndex>(), provider.GetRequiredService<DatabaseOutage>()))
        .Add(provider => Dispatch(provider.GetRequiredService<DispatchEvents>()))
        .Add(provider => EveryNode("revocation-sweep", Sweeping, Sweep(provider.GetRequiredService<RevocationIndex>())))
        .Add(provider => EveryNode("protected-routes", ReadingRoutes, provider.GetRequiredService<ProtectedRoutes>().ReloadAsync))
        .Add(provider => EveryNode("audit-sealing", Sealing, provider.GetRequiredService<SealAudit>().RunAsync)) // the head row orders them
        .Add(provider => FollowEvents(provider.GetRequiredService<EventFeed>()))
        .Add(provider => EveryNode("event-places", StreamPlaces.Renewal, provider.GetRequiredService<StreamPlaces>().RenewAsync))
        .Add(provider => OneNode("audit-checkpoints", Proving, provider.GetRequiredService<MakeCheckpoint>().RunAsync))
        .Add(provider => OneNode("audit-publishing", Proving, provider.GetRequiredService<PublishCheckpoints>().RunAsync))
        .Add(provider => OneNode("audit-retention", Dropping, provider.GetRequiredService<DropBodies>().RunAsync))
        .Add(provider => EveryNode("usage", StoringUsage, provider.GetRequiredService<MeterUsage>().StoreAsync) with { OnceMoreAtStop = true })
        .Add(provider => EveryNode("agent-usage", StoringUsage, provider.GetRequiredService<Reconciliation>().RunAsync) with { OnceMoreAtStop = true })
        .Add(provider => OneNode("audit-check", CheckingAudit, provider.GetRequiredService<CheckAudit>().RunAsync))
        .Add(provider => OneNode("controls", CheckingControls, provider.GetRequiredService<CheckControls>().RunAsync))
        .Add(provider => EveryNode("control-board", ReadingControls, provider.GetRequiredService<ControlBoard>().RunAsync))
        .Add(provider => Deliver(provider.GetRequiredService<DeliverWebhooks>()))
        .Add(provider => Send(provider.GetRequiredService<DeliverMessages>(), MessageChannel.Unaddressed, "message-addressing"))
        .Add(provider => Send(provider.GetRequiredService<DeliverMessages>(), MessageChannel.Mail, "mail-delivery"))
        .Add(provider => Send(provider.GetRequiredService<DeliverMessages>(), MessageChannel.Sms, "sms-delivery"))
        .Add(provider => OneNode("webhook-secrets", Renewing, provider.GetRequiredService<RenewSecrets>().RunAsync))
        .Add(provider => EveryNode("alert-delivery", Alerting, provider.GetRequiredService<DeliverAlerts>().RunAsync)) // each delivery is leased
        .Add(provider => OneNode("alert-targets", Renewing, provider.GetRequiredService<RenewTargets>().RunAsync))
        .Add(provider => OneNode("sso-secrets", Renewing, provider.GetRequiredService<RenewSsoSecrets>().RunAsync))
        .Add(provider => OneNode("totp-secrets", Renewing, provider.GetRequiredService<RenewTotpSecrets>().RunAsync))
        .Add(provider => OneNode("anomaly-detection", provider.GetRequiredService<AnomalyOptions>().Interval, provider.GetRequiredService<DetectAnomalies>().RunAsync))
        .Add(provider => OneNode("partner-expiry", Sweeping, provider.GetRequiredService<ExpirePartners>().RunAsync))
        .Add(provider => OneNode("expiry", Expiring, provider.GetRequiredService<Expiry>().RunAsync));

    /// <summary>Another node's word wakes it; what makes it certain is the cursor in the database, read every second (design D6).</summary>
    private static WorkerPlan FollowRevocations(RevocationIndex index, DatabaseOutage outage) =>
        EveryNode("revocations", Following, outage.Watch(index.CatchUpAsync)) with { WaitAsync = index.WaitAsync };

    /// <summary>A commit in this process wakes it; every second it also looks for what a node left behind that crashed.</summary>
    private static WorkerPlan Dispatch(DispatchEvents dispatch) =>
        EveryNode("event-dispatch", Following, dispatch.RunAsync) with { WaitAsync = dispatch.WaitAsync };

    /// <summary>The dispatcher's word wakes it; without one it looks every second, so that streams go on while the shared state is away.</summary>
    private static WorkerPlan FollowEvents(EventFeed feed) => EveryNode("event-streams", Following, feed.CatchUpAsync) with { WaitAsync = feed.WaitAsync };

    /// <summary>A commit that queued a delivery wakes it, on every node (contract operations O25).</summary>
    private static WorkerPlan Deliver(DeliverWebhooks deliver) =>
        EveryNode("webhook-delivery", Delivering, deliver.RunAsync) with { WaitAsync = deliver.WaitAsync };

    /// <summary>A commit that queued a message wakes it, on every node; each message is leased.</summary>
    private static WorkerPlan Send(DeliverMessages deliver, MessageChannel channel, string name) =>
        EveryNode(name, Delivering, ct => deliver.RunAsync(channel, ct)) with { WaitAsync = (most, ct) => deliver.WaitAsync(channel, most, ct) };

    private static Func<CancellationToken, Task> Sweep(RevocationIndex index) => _ =>
    {
        index.Sweep();
        return Task.CompletedTask;
    };

    private static WorkerPlan EveryNode(string name, TimeSpan every, Func<CancellationToken, Task> round) => new(name, every, OnePerCluster: false, round);

    private static WorkerPlan OneNode(string name, TimeSpan every, Func<CancellationToken, Task> round) => new(name, every, OnePerCluster: true, round);

    private static IServiceCollection Add(this IServiceCollection services, Func<IServiceProvider, WorkerPlan> plan) =>
        services.AddSingleton<IHostedService>(provider => new Worker(
            plan(provider),
            provider.GetRequiredService<Db>(),
            provider.GetRequiredService<DatabaseStart>(),
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Worker>>()));
}
