using System.Security.Cryptography;
using System.Text;
using Credence.Server.Hosting.Requests;

namespace Credence.Server.Agents;

/// <summary>This door's rate windows: one for each agent, and for whoever shows no token one for each address (contract agent-idp A 25, C.7, C.8).</summary>
internal sealed class CallLimits(RateLimits limits, AgentsOptions options)
{
    /// <summary>Counts a call of an agent.</summary>
    public async ValueTask<AgentsRefusal?> AgentAsync(HttpContext http, Guid client) =>
        Refuse(await limits.CountAsync(http, $"rate:{client}", options.CallsPerWindow, resetAsTime: true));

    /// <summary>Counts a call of an address. The address is hashed: keys of shared state are for operators to look at.</summary>
    public async ValueTask<AgentsRefusal?> AddressAsync(HttpContext http)
    {
        var address = ClientAddress.Of(http.Connection.RemoteIpAddress);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address))[..8]);
        return Refuse(await limits.CountAsync(http, $"rate:ip:{hash}", limits.AddressPerMinute, resetAsTime: true));
    }

    private static AgentsRefusal? Refuse(int? seconds) => seconds is null
        ? null
        : new AgentsRefusal(StatusCodes.Status429TooManyRequests, "RATE_LIMIT_EXCEEDED", $"Too many requests. Retry in {seconds} seconds.");
}
