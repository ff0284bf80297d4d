using System.Text.Json;
using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;

namespace Credence.Server.Operations;

/// <summary>Something that must be in order before this node is sent requests. Rooms register theirs as services.</summary>
/// <param name="Name">What <c>/readyz</c> calls it when it is not.</param>
/// <param name="IsReadyAsync">Whether it is; given two seconds.</param>
internal sealed record ReadinessCheck(string Name, Func<CancellationToken, Task<bool>> IsReadyAsync);

/// <summary><c>/readyz</c>: 200 with database, migrations and every registered check in order, and not while stopping (contract operations O5, O17, O18).</summary>
internal sealed class Readiness(Probes probes, IEnumerable<ReadinessCheck> checks, IHostApplicationLifetime lifetime)
{
    private readonly ReadinessCheck[] _checks =
        [new("database", probes.DatabaseAnswersAsync), .. checks];

    /// <summary>Runs all checks at once and names those that fail.</summary>
    public async Task ReadyAsync(HttpContext context)
    {
        var ct = context.RequestAborted;
        var answers = await Task.WhenAll(_checks.Append(new("migrations", probes.IsMigratedAsync)).Select(async check =>
            await probes.BoundedAsync(check.IsReadyAsync, ct) ? null : check.Name));
        var failing = answers.OfType<string>().ToList();
        if (lifetime.ApplicationStopping.IsCancellationRequested) failing.Add("stopping");
        await Answer.JsonAsync(context, failing.Count == 0 ? 200 : 503, Body(failing));
    }

    private static byte[] Body(List<string> failing)
    {
        if (failing.Count == 0) return """{"status":"ready"}"""u8.ToArray();
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("status", "unready");
            json.WriteStartArray("failing");
            foreach (var name in failing) json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return body.ToArray();
    }
}
