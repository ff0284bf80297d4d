using Credence.Organizations;
using Credence.Server.Hosting.Requests;

namespace Credence.Server.Grants.Pipeline;

/// <summary>The door's three rate limits: per client address, per plan, and on asking for consent (contract grantex 3.1, 3.2; design D14).</summary>
internal sealed class RequestLimits(RateLimits limits, GrantsOptions options, PlanOptions plans)
{
    /// <summary>Counts a call of a client address.</summary>
    public async ValueTask<Refusal?> AddressAsync(GrantsCall call, AddressLimit? own) =>
        Refuse(await limits.CountAddressAsync(call.Http, own?.Bucket ?? "all", own?.PerMinute), "BAD_REQUEST", "Too many requests from this address");

    /// <summary>Counts a call of an organization; what its headers say replaces what the address's said.</summary>
    public async ValueTask<Refusal?> PlanAsync(GrantsCall call)
    {
        var (key, perMinute) = ($"ratelimit:developer:{call.Caller.Organization}:plan", plans.For(call.Caller.Plan).RequestsPerMinute);
        return Refuse(await limits.CountAsync(call.Http, key, perMinute), "RATE_LIMIT_EXCEEDED", "This plan's requests for the minute are used up");
    }

    /// <summary>Counts a request for consent. Its headers show only when it refuses.</summary>
    public async ValueTask<Refusal?> AuthorizeAsync(GrantsCall call)
    {
        var key = $"ratelimit:authorize:{call.Caller.Organization}";
        return Refuse(await limits.CountAsync(call.Http, key, options.AuthorizePerMinute, showAdmitted: false), "RATE_LIMITED", "Too many requests for consent");
    }

    private static Refusal? Refuse(int? seconds, string code, string text) => seconds is null
        ? null
        : new Refusal(StatusCodes.Status429TooManyRequests, code, $"{text}, retry in {seconds} seconds"); // clients look for "retry in <digits>"
}
