using Credence.Keys;
using Credence.Storage;
using Credence.Tokens;
using Credence.Webhooks;

namespace Credence.Compliance;

/// <summary>Checks the installation's controls, but for the audit chains, which <see cref="CheckAudit"/> takes longer for; a worker runs both.</summary>
public sealed class CheckControls(Db db, SecretBox box, KeyOptions keys, TokenOptions tokens, TimeProvider clock)
{
    private const int AtOnce = 500;

    /// <summary>How long after a dead letter the control stays failing.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromHours(24);

    /// <summary>A rotation may be this late: it is published ahead of its time, and workers rest.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromDays(2);

    /// <summary>One round.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        foreach (var found in (Control[])[await EncryptionAsync(ct), Transport(), await DeadLettersAsync(ct), await RotationAsync(ct)])
        {
            await Control.SaveAsync(db, found, ct);
        }
    }

    private async Task<Control> EncryptionAsync(CancellationToken ct)
    {
        var (opened, closed) = (0, 0);
        for (var after = ""; ;)
        {
            var some = await WebhookStore.AfterAsync(db, after, AtOnce, ct);
            foreach (var webhook in some)
            {
                if (box.Open(webhook, clock.Now()).Count > 0) opened++;
                else closed++;
            }

            if (some.Count < AtOnce) break;
            after = some[^1].Id.ToString();
        }

        var bare = await db.NumberAsync($"select count(*) as n from signing_keys where private_key is not null and private_key not like 'v1.%'", ct);
        var status = closed + bare == 0 ? ControlStatus.Passing : ControlStatus.Failing;
        return Found(Control.Encryption, status, $"{opened} stored secrets open with the keys of this server, {closed} do not; {bare} private keys are stored in the clear");
    }

    private Control Transport() => Found(
        Control.Transport, tokens.Issuer.StartsWith("https://", StringComparison.Ordinal) ? ControlStatus.Passing : ControlStatus.Failing,
        $"callers use {tokens.Issuer}");

    private async Task<Control> DeadLettersAsync(CancellationToken ct)
    {
        var since = Id<Delivery>.Least(clock.Now() - Lately);
        var count = await db.NumberAsync($"select count(*) as n from webhook_deliveries where id >= {since} and status = 'dead_letter'", ct);
        return Found(Control.DeadLetters, count == 0 ? ControlStatus.Passing : ControlStatus.Failing, $"{count} of the deliveries of the last 24 hours were given up");
    }

    private async Task<Control> RotationAsync(CancellationToken ct)
    {
        var current = await db.NumberAsync($"select count(*) as n from signing_keys where status = 'current' and private_key is not null", ct);
        if (current == 0) return Found(Control.Rotation, ControlStatus.Unknown, "the keys come from outside, where this server does not see when they were exchanged");
        var due = clock.Now() - keys.Rotation - Grace;
        var late = await db.NumberAsync(
            $"select count(*) as n from signing_keys where status = 'current' and private_key is not null and coalesce(activated_ms, created_ms) < {due}", ct);
        return Found(
            Control.Rotation, late == 0 ? ControlStatus.Passing : ControlStatus.Failing,
            $"{late} of {current} signing keys have not been exchanged for more than {keys.Rotation.TotalDays:0} days");
    }

    private Control Found(string id, ControlStatus status, string evidence) => new(id, status, evidence, clock.Now());
}
