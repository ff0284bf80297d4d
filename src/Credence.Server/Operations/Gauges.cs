using Credence.Anomalies;
using Credence.Compliance;
using Credence.Credentials;
using Credence.Grants;
using Credence.Messages;
using Credence.Server.Doors;
using Credence.Server.Operations.Prometheus;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Server.Operations;

/// <summary>Tells the gauges what they follow; each is looked up once per scrape (contract operations O42, O43).</summary>
internal static class Gauges
{
    /// <summary>Ties them to what is stored.</summary>
    public static void Follow(IServiceProvider services)
    {
        services.GetRequiredService<Scrape>(); // listens from now on, and so to the counters that are shown at 0
        var (metrics, db, clock) = (services.GetRequiredService<Metrics>(), services.GetRequiredService<Db>(), services.GetRequiredService<TimeProvider>());
        var probes = services.GetRequiredService<Probes>();
        metrics.FollowStores(probes.DatabaseAnswersAsync, probes.StateIsRemote ? probes.StateAnswersAsync : null);
        metrics.FollowActiveGrants(ct => GrantStore.CountActiveAsync(db, clock.Now(), ct));
        metrics.FollowAnomalies(db);
        metrics.FollowExpiringCredentials(ct => CredentialStore.CountExpiringAsync(db, clock.Now(), ct));
        metrics.FollowAuditIntegrity(ct => CheckSystemChain.IsIntactAsync(db, ct));
        metrics.FollowMessages(db);
    }
}
