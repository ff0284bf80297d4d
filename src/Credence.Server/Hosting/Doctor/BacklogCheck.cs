using Credence.Storage;

namespace Credence.Server.Hosting.Doctor;

/// <summary>What waits for a worker longer than it should.</summary>
internal static class BacklogCheck
{
    /// <summary>What is done at once, and looked for every second besides.</summary>
    private static readonly TimeSpan Prompt = TimeSpan.FromMinutes(2);

    /// <summary>What is due and looked for every 30 s, behind a lease of minutes.</summary>
    private static readonly TimeSpan Unhurried = TimeSpan.FromMinutes(10);

    private const int Counted = 10_000;

    /// <summary>Looks at every queue of the database.</summary>
    public static async Task RunAsync(Db db, DateTimeOffset now, Examination found, CancellationToken ct)
    {
        var (prompt, unhurried) = (now - Prompt, now - Unhurried);
        await LookAsync("audit entries wait to be sealed", $"select 1 from audit_pending where created_ms < {prompt} limit {Counted}", "in audit_pending for more than two minutes", "audit-sealing");
        await LookAsync("events wait to be told", $"select 1 from events where position is null and created_ms < {prompt} limit {Counted}", "in events without a position for more than two minutes", "event-dispatch");
        await LookAsync(
            "webhook deliveries are overdue", $"select 1 from webhook_deliveries where status = 'pending' and due_ms < {unhurried} limit {Counted}",
            "pending in webhook_deliveries and due for more than ten minutes", "webhook-delivery");
        await LookAsync("mails and short messages are overdue", $"select 1 from messages where due_ms < {unhurried} limit {Counted}", "in messages and due for more than ten minutes", "message-addressing], [mail-delivery] or [sms-delivery");
        await LookAsync(
            "alerts are overdue", $"select 1 from anomaly_deliveries where status = 'pending' and due_ms < {unhurried} limit {Counted}",
            "pending in anomaly_deliveries and due for more than ten minutes", "alert-delivery");
        found.Looked("queues: audit, events, webhooks, messages, alerts");

        async Task LookAsync(string wrong, Sql rows, string where, string round)
        {
            var count = await db.NumberAsync($"select count(*) as n from ({rows}) t", ct);
            if (count == 0) return;
            found.Found("queues", wrong, $"{(count == Counted ? $"{Counted} or more" : $"{count}")} {where}", $"start a server if none runs; else its log says why, at [{round}]");
        }
    }
}
