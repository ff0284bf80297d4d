using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Credence.Events;
using Credence.Storage;

namespace Credence.Bench;

/// <summary>How long two nodes take to deliver many events to one receiver that answers at once.</summary>
internal static class WebhookRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <returns>From the commit of the events to the arrival of the last, and how many arrived more than once.</returns>
    public static async Task<(TimeSpan Took, int Twins)> MeasureAsync(Stores stores, int count, CancellationToken ct)
    {
        var received = new ConcurrentQueue<string>();
        await using var receiver = await ReceiverAsync(received, ct);
        await using var one = await ServerUnderLoad.CredenceAsync(stores);
        await using var other = await ServerUnderLoad.CredenceAsync(stores);
        using var me = JsonDocument.Parse(await one.CallAsync(HttpMethod.Get, "/v1/me", null, ct));
        await one.CallAsync(HttpMethod.Post, "/v1/webhooks", $$"""{"url":"{{receiver.Urls.First()}}/","events":["grant.revoked"]}""", ct);

        await HappenAsync(stores.DatabaseUrl, me.RootElement.GetProperty("developerId").GetString()!, count, ct);
        var began = Stopwatch.GetTimestamp();
        while (received.Count < count)
        {
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new TimeoutException($"{received.Count} of {count} deliveries arrived");
            await Task.Delay(10, ct);
        }

        var took = Stopwatch.GetElapsedTime(began);
        await Task.Delay(TimeSpan.FromSeconds(3), ct); // for what comes twice
        return (took, received.Count - received.Distinct(StringComparer.Ordinal).Count());
    }

    private static async Task HappenAsync(string databaseUrl, string organization, int count, CancellationToken ct)
    {
        await using var engine = DatabaseUrl.Engine(databaseUrl, poolMax: 1);
        await using var tx = await new Db(engine).BeginAsync(ct);
        var now = TimeProvider.System.Now();
        for (var number = 0; number < count; number++) await Outbox.AddAsync(tx, organization, "grant.revoked", json => json.WriteBoolean("cascade", false), now, ct);
        await tx.CommitAsync();
    }

    /// <summary>Somebody's receiver, which answers at once and keeps the id of every message.</summary>
    public static async Task<WebApplication> ReceiverAsync(ConcurrentQueue<string> received, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(context =>
        {
            received.Enqueue(context.Request.Headers["webhook-id"].ToString());
            return Task.CompletedTask;
        });
        await app.StartAsync(ct);
        return app;
    }
}
