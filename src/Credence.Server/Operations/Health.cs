using System.Buffers;
using System.Text.Json;
using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;

namespace Credence.Server.Operations;

/// <summary><c>/health</c> for load balancers and monitors, <c>/livez</c> for restarts (contract operations O1 to O6).</summary>
internal sealed class Health(Probes probes, TimeProvider clock)
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);
    private readonly long _started = clock.GetTimestamp();

    /// <summary>Probes both stores at once, on each call.</summary>
    public async Task HealthAsync(HttpContext context)
    {
        var database = probes.DatabaseAnswersAsync(context.RequestAborted);
        var state = probes.StateAnswersAsync(context.RequestAborted);
        var (db, redis) = (await database, await state);
        var body = (db, redis) switch
        {
            (true, true) => """{"status":"ok"}"""u8,
            (false, true) => """{"status":"degraded","failing":["db"]}"""u8,
            (true, false) => """{"status":"degraded","failing":["redis"]}"""u8,
            _ => """{"status":"degraded","failing":["db","redis"]}"""u8,
        };
        await Answer.JsonAsync(context, db && redis ? 200 : 503, body.ToArray());
    }

    /// <summary>
    /// <c>/health/detailed</c>: each store by itself, with how long it took (contract agent-idp AE-02). 207 when one is slow, 503 when one is away.
    /// </summary>
    public async Task DetailedAsync(HttpContext context)
    {
        var asked = new List<(string Name, Task<Probed> Answer)> { ("database", TimedAsync(probes.DatabaseAnswersAsync(context.RequestAborted))) };
        if (probes.StateIsRemote) asked.Add(("redis", TimedAsync(probes.StateAnswersAsync(context.RequestAborted))));
        var worst = Probed.Healthy;
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartObject("services");
            foreach (var (name, answer) in asked)
            {
                var found = await answer;
                if (found.Rank > worst.Rank) worst = found;
                json.WriteStartObject(name);
                json.WriteString("status", found.Word);
                json.WriteNumber("latencyMs", Math.Round(found.Took.TotalMilliseconds, 1));
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteString("status", worst.Word);
            json.WriteNumber("uptime", Math.Floor(clock.GetElapsedTime(_started).TotalSeconds));
            json.WriteEndObject();
        }

        await Answer.JsonAsync(context, worst.Rank switch { 0 => 200, 1 => 207, _ => 503 }, body.WrittenMemory);
    }

    private async Task<Probed> TimedAsync(Task<bool> answers)
    {
        var began = clock.GetTimestamp();
        var there = await answers;
        var took = clock.GetElapsedTime(began);
        return there ? new Probed(took > Slow ? 1 : 0, took) : new Probed(2, took);
    }

    private sealed record Probed(int Rank, TimeSpan Took)
    {
        public static readonly Probed Healthy = new(0, TimeSpan.Zero);

        public string Word => Rank switch { 0 => "healthy", 1 => "degraded", _ => "unreachable" };
    }

    /// <summary>Answers whenever the process serves, touching nothing.</summary>
    public static Task LiveAsync(HttpContext context) => Answer.BytesAsync(context, 200, "ok\n"u8.ToArray(), "text/plain; charset=utf-8");
}
