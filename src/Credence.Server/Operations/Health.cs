using Credence.Server.Hosting.Requests;

namespace Credence.Server.Operations;

/// <summary><c>/health</c> for load balancers and monitors, <c>/livez</c> for restarts (contract operations O1 to O6).</summary>
internal sealed class Health(Probes probes)
{
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

    /// <summary>Answers whenever the process serves, touching nothing.</summary>
    public static Task LiveAsync(HttpContext context) => Answer.BytesAsync(context, 200, "ok\n"u8.ToArray(), "text/plain; charset=utf-8");
}
