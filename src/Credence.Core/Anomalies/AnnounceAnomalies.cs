using Credence.Agents;
using Credence.Events;
using Credence.Grants;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.Anomalies;

/// <summary>
/// Does what an anomaly calls for, once, whichever node found it: queues alerts for the channels that want them, pauses the agent's grants where the
/// organization asks for it, logs and counts.
/// </summary>
public sealed class AnnounceAnomalies(Db db, RevocationIndex revocations, Metrics metrics, TimeProvider clock, ILogger<AnnounceAnomalies> log)
{
    private const string By = "anomaly-detection";
    private const int PerTransaction = 500;

    /// <param name="only">Whose anomalies, or null for all.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>How many grants were paused.</returns>
    public async Task<int> RunAsync(Id<Organization>? only, CancellationToken ct)
    {
        for (var paused = 0; ;)
        {
            var (announced, stopped) = await SomeAsync(only, ct);
            paused += stopped;
            if (announced < PerTransaction) return paused;
        }
    }

    private async Task<(int Announced, int Paused)> SomeAsync(Id<Organization>? only, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var anomalies = await AnomalyStore.TakeUnannouncedAsync(tx, only, PerTransaction, now, ct);
        if (anomalies.Count == 0) return (0, 0);
        await QueueAsync(tx, anomalies, now, ct);
        var marks = PauseGrants.Marks(await PauseAsync(tx, anomalies, now, ct));
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();

        revocations.Announce(marks);
        foreach (var anomaly in anomalies)
        {
            var severity = Words.Of(anomaly.Severity);
            metrics.AnomalyDetected(anomaly.Type, severity);
            Log.AnomalyDetected(log, anomaly.Type, severity, anomaly.Agent);
        }

        return (anomalies.Count, marks.Count);
    }

    private static async Task QueueAsync(DbTx tx, List<Anomaly> anomalies, DateTimeOffset now, CancellationToken ct)
    {
        var channels = (await ChannelStore.OfAsync(tx, anomalies.Select(anomaly => anomaly.Organization).Distinct(), ct)).ToLookup(channel => channel.Organization);
        if (channels.Count == 0) return;
        var rules = (await RuleStore.FindAsync(tx, anomalies.Select(anomaly => anomaly.CustomRule).OfType<Id<Rule>>().Distinct(), ct)).ToDictionary(rule => rule.Id);
        var deliveries =
            from anomaly in anomalies
            let rule = anomaly.CustomRule is { } id ? rules.GetValueOrDefault(id) : null
            from channel in channels[anomaly.Organization]
            where channel.Wants(anomaly, rule)
            select new AlertDelivery(Id<AlertDelivery>.New(now), anomaly.Organization, anomaly.Id, channel.Id, 0);
        await AlertDeliveryStore.AddAsync(tx, [.. deliveries], now, ct);
    }

    /// <summary>Pauses where the organization asks for it. An agent's id in the log is the organization's own word: only its own grants are looked at.</summary>
    private static async Task<List<Grant>> PauseAsync(DbTx tx, List<Anomaly> anomalies, DateTimeOffset now, CancellationToken ct)
    {
        var serious = anomalies.Where(anomaly => anomaly.Severity is Severity.Critical or Severity.High && anomaly.Agent is not null).ToLookup(anomaly => anomaly.Organization);
        var paused = new List<Grant>();
        foreach (var organization in await OrganizationStore.ThatPauseAsync(tx, serious.Select(each => each.Key), ct))
        {
            var agents = serious[organization].Select(anomaly => Id<Agent>.TryParse(anomaly.Agent, out var id) ? id : default).Distinct();
            var stopped = await PauseGrants.RunAsync(tx, organization, agents, By, now, ct);
            if (stopped.Count == 0) continue;
            paused.AddRange(stopped);
            await Outbox.AddAsync(
                tx, organization.ToString(), "anomaly.auto_revoked",
                data =>
                {
                    data.WriteNumber("revokedGrants", stopped.Count);
                    data.WriteNumber("anomalyCount", serious[organization].Count());
                    data.WriteString("action", "paused");
                    data.WriteTexts("grantIds", stopped.Select(grant => grant.Id.ToString()));
                },
                now, ct);
        }

        return paused;
    }
}
