using Credence.Organizations;
using Credence.State;
using Credence.Telemetry;

namespace Credence.Server.Grants.Pipeline;

/// <summary>The door's three rate limits: per client address, per plan, and on asking for consent (contract grantex 3.1, 3.2; design D14).</summary>
internal sealed class RequestLimits(
    ISharedState state, GrantsOptions options, PlanOptions plans, TimeProvider clock, ILogger<RequestLimits> log)
{
    /// <summary>Counts a call of a client address.</summary>
    public async ValueTask<Refusal?> AddressAsync(GrantsCall call, AddressLimit? own, CancellationToken ct)
    {
        var decision = await DecideAsync($"ratelimit:ip:{call.Ip}:{own?.Bucket ?? "all"}", own?.PerMinute ?? options.AddressPerMinute, ct);
        Show(call, decision);
        return decision.Admitted ? null : Refuse(call, decision, "BAD_REQUEST", "Too many requests from this address");
    }

    /// <summary>Counts a call of an organization; what its headers say replaces what the address's said.</summary>
    public async ValueTask<Refusal?> PlanAsync(GrantsCall call, CancellationToken ct)
    {
        var caller = call.Caller;
        var decision = await DecideAsync($"ratelimit:developer:{caller.Organization}:plan", plans.For(caller.Plan).RequestsPerMinute, ct);
        Show(call, decision);
        return decision.Admitted ? null : Refuse(call, decision, "RATE_LIMIT_EXCEEDED", "This plan's requests for the minute are used up");
    }

    /// <summary>Counts a request for consent. Its headers show only when it refuses.</summary>
    public async ValueTask<Refusal?> AuthorizeAsync(GrantsCall call, CancellationToken ct)
    {
        var decision = await DecideAsync($"ratelimit:authorize:{call.Caller.Organization}", options.AuthorizePerMinute, ct);
        if (decision.Admitted) return null;
        Show(call, decision);
        return Refuse(call, decision, "RATE_LIMITED", "Too many requests for consent");
    }

    private ValueTask<RateDecision> DecideAsync(string key, int limit, CancellationToken ct) => options.RateLimitsEnabled
        ? state.AdmitAsync(key, limit, clock.Now(), ct)
        : ValueTask.FromResult(new RateDecision(true, limit, limit, 0));

    private static void Show(GrantsCall call, RateDecision decision)
    {
        var headers = call.Http.Response.Headers;
        headers["X-RateLimit-Limit"] = decision.Limit.ToString();
        headers["X-RateLimit-Remaining"] = decision.Remaining.ToString();
        headers["X-RateLimit-Reset"] = decision.ResetSeconds.ToString();
    }

    private Refusal Refuse(GrantsCall call, RateDecision decision, string code, string text)
    {
        var seconds = Math.Max(1, decision.ResetSeconds);
        call.Http.Response.Headers.RetryAfter = seconds.ToString();
        Log.RateLimitHit(log, call.Ip, call.Endpoint, seconds);
        return new Refusal(StatusCodes.Status429TooManyRequests, code, $"{text}, retry in {seconds} seconds"); // clients look for "retry in <digits>"
    }
}
