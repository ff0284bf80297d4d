using Credence.Anomalies;
using Credence.Billing;
using Credence.Consent;
using Credence.Events;
using Credence.Organizations;
using Credence.Passkeys;
using Credence.People;
using Credence.Principals;
using Credence.Revocations;
using Credence.Sso;
using Credence.Storage;
using Credence.Tokens;
using Credence.Usage;
using Credence.Webhooks;

namespace Credence.Server.Workers;

/// <summary>Deletes what has served its time. Grants, agents and audit entries stay.</summary>
internal sealed class Expiry(Db db, TimeProvider clock)
{
    private static readonly Func<DbTx, DateTimeOffset, CancellationToken, Task<int>>[] Sweeps =
    [
        RevocationStore.SweepAsync, Outbox.SweepAsync, GrantTokenStore.SweepAsync, ConsentStore.SweepAsync, ConsentEvidence.SweepAsync, PasskeyStore.SweepAsync, EmailVerificationStore.SweepAsync,
        PrincipalStore.SweepAsync, UsageStore.SweepAsync, AgentUsageStore.SweepAsync, SubscriptionStore.SweepAsync, DeliveryStore.SweepAsync,
        WebhookStore.SweepAsync, AnomalyStore.SweepAsync, AlertDeliveryStore.SweepAsync, SsoSessionStore.SweepAsync, SpentAssertions.SweepAsync,
        PersonSessionStore.SweepAsync, PendingSignIns.SweepAsync,
    ];

    /// <summary>One round, each kind in transactions of its own until none is left.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var now = clock.Now();
        foreach (var sweep in Sweeps)
        {
            while (await SweepAsync(sweep, now, ct) > 0) { }
        }
    }

    private async Task<int> SweepAsync(Func<DbTx, DateTimeOffset, CancellationToken, Task<int>> sweep, DateTimeOffset now, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        var gone = await sweep(tx, now, ct);
        await tx.CommitAsync();
        return gone;
    }
}
