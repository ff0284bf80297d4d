using System.Security.Cryptography;
using System.Text;
using Credence.Server.Hosting.Requests;
using Credence.State;
using Credence.Telemetry;

namespace Credence.Server.Agents;

/// <summary>This door's rate windows: one for each agent, and for whoever shows no token one for each address (contract agent-idp A 25, C.7, C.8).</summary>
internal sealed class CallLimits(RateLimits limits, AgentsOptions options, Metrics metrics)
{
    /// <summary>Counts a call of an agent.</summary>
    public async ValueTask<AgentsRefusal?> AgentAsync(HttpContext http, Guid client) =>
        Refuse(await limits.CountAsync(http, $"rate:{client}", new RateLimit(options.CallsPerWindow, options.WindowMs), resetAsTime: true), client);

    /// <summary>Counts a call of an agent that costs more than others, besides.</summary>
    public async ValueTask<AgentsRefusal?> AgentAsync(HttpContext http, Guid client, string what, int perMinute) =>
        Refuse(await limits.CountAsync(http, $"rate:{client}:{what}", perMinute, showAdmitted: false, resetAsTime: true), client);

    /// <summary>Counts a call of an address. The address is hashed: keys of shared state are for operators to look at.</summary>
    public async ValueTask<AgentsRefusal?> AddressAsync(HttpContext http)
    {
        var address = ClientAddress.Of(http.Connection.RemoteIpAddress);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address))[..8]);
        return Refuse(await limits.CountAsync(http, $"rate:ip:{hash}", limits.AddressPerMinute, resetAsTime: true), null);
    }

    private AgentsRefusal? Refuse(int? seconds, Guid? client)
    {
        if (seconds is null) return null;
        metrics.RateLimited(client);
        return new AgentsRefusal(StatusCodes.Status429TooManyRequests, "RATE_LIMIT_EXCEEDED", $"Too many requests. Retry in {seconds} seconds.");
    }
}
