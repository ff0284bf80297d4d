using System.ComponentModel.DataAnnotations;
using Credence.State;
using Credence.Telemetry;

namespace Credence.Server.Hosting.Requests;

/// <summary>How often anybody may call (contract grantex 3.1).</summary>
public sealed class RateLimitOptions
{
    /// <summary>Whether request rates are limited (<c>RATE_LIMITS_ENABLED</c>); without, the headers say that nothing was used.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Calls a minute from one client address, where a route has no limit of its own (<c>RATE_LIMIT_ADDRESS_PER_MINUTE</c>).</summary>
    [Range(1, 10_000_000)]
    public int AddressPerMinute { get; set; } = 5_000;
}

/// <summary>Counts requests for every door, and says so in the documented headers. What a refusal reads like is the door's own.</summary>
internal sealed class RateLimits(ISharedState state, RateLimitOptions options, TimeProvider clock, ILogger<RateLimits> log)
{
    /// <summary>Calls a minute from one client address, where a route has no limit of its own.</summary>
    public int AddressPerMinute => options.AddressPerMinute;

    /// <summary>Counts a request of a client address.</summary>
    /// <param name="http">The request; its answer gets the headers.</param>
    /// <param name="bucket">What is counted together: a route with a limit of its own, or <c>all</c>.</param>
    /// <param name="perMinute">That route's limit; null for the default.</param>
    /// <returns>Null when it may go on, else how many seconds to wait.</returns>
    public ValueTask<int?> CountAddressAsync(HttpContext http, string bucket = "all", int? perMinute = null) =>
        CountAsync(http, $"ratelimit:ip:{ClientAddress.Of(http.Connection.RemoteIpAddress)}:{bucket}", perMinute ?? options.AddressPerMinute);

    /// <summary>Counts a request of a client address at the route it came to alone.</summary>
    /// <param name="http">The request; its answer gets the headers.</param>
    /// <param name="door">Whose route it is.</param>
    /// <param name="perMinute">The route's limit.</param>
    /// <returns>Null when it may go on, else how many seconds to wait.</returns>
    public ValueTask<int?> CountAddressAtRouteAsync(HttpContext http, string door, int perMinute) =>
        CountAddressAsync(http, $"{door}:{((RouteEndpoint)http.GetEndpoint()!).RoutePattern.RawText}", perMinute);

    /// <summary>Counts a request under <paramref name="key"/>.</summary>
    /// <param name="http">The request; its answer gets the headers.</param>
    /// <param name="key">The documented key, without its period.</param>
    /// <param name="limit">How many are admitted; a number alone is calls a minute.</param>
    /// <param name="showAdmitted">Whether the headers tell of an admitted request too.</param>
    /// <param name="resetAsTime">Whether <c>X-RateLimit-Reset</c> is the Unix time in seconds (contract agent-idp A 25) instead of a number of seconds.</param>
    /// <returns>Null when it may go on, else how many seconds to wait.</returns>
    public async ValueTask<int?> CountAsync(HttpContext http, string key, RateLimit limit, bool showAdmitted = true, bool resetAsTime = false)
    {
        var now = clock.Now();
        var decision = options.Enabled
            ? await state.AdmitAsync(key, limit, now, http.RequestAborted)
            : new RateDecision(true, limit.Calls, limit.Calls, 0);
        if (showAdmitted || !decision.Admitted) Show(http.Response.Headers, decision, resetAsTime ? now.ToUnixTimeSeconds() : 0);
        if (decision.Admitted) return null;

        var seconds = Math.Max(1, decision.ResetSeconds);
        http.Response.Headers.RetryAfter = seconds.ToString();
        Log.RateLimitHit(log, ClientAddress.Of(http.Connection.RemoteIpAddress), $"{http.Request.Method} {RequestRecord.Route(http)}", seconds);
        return seconds;
    }

    /// <summary>Takes the headers away again, from an answer that carries none (contract grantex 3.2).</summary>
    public static void Hide(IHeaderDictionary headers)
    {
        headers.Remove("X-RateLimit-Limit");
        headers.Remove("X-RateLimit-Remaining");
        headers.Remove("X-RateLimit-Reset");
    }

    private static void Show(IHeaderDictionary headers, RateDecision decision, long from)
    {
        headers["X-RateLimit-Limit"] = decision.Limit.ToString();
        headers["X-RateLimit-Remaining"] = decision.Remaining.ToString();
        headers["X-RateLimit-Reset"] = (from + decision.ResetSeconds).ToString();
    }
}
