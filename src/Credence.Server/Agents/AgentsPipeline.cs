using Credence.Audit;
using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;
using Credence.Tokens;

namespace Credence.Server.Agents;

/// <summary>What happens to every call of this door before its handler, in the order of contract agent-idp B.3: bearer, revocation, rate limit, tier, scope.</summary>
internal sealed class AgentsPipeline(RequestDelegate next, Cors cors, CheckAccessToken check, CallLimits limits, TierGate tiers)
{
    private static readonly AgentsRefusal NoToken = new(
        StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "Authorization header is missing or malformed.")
    {
        Challenge = "Bearer",
    };

    /// <summary>Takes the calls of this door; others go on untouched.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata is not { } route || route.GetMetadata<OfAgentsDoor>() is null)
        {
            await next(context);
            return;
        }

        if (cors.AnswersPreflight(context)) return;
        using var call = new AgentsCall(context);
        context.Features.Set(call);
        var refusal = await AdmitAsync(call, route, context.RequestAborted);
        await (refusal is null ? next(context) : refusal.ExecuteAsync(context));
    }

    private async ValueTask<AgentsRefusal?> AdmitAsync(AgentsCall call, EndpointMetadataCollection route, CancellationToken ct)
    {
        var shown = BearerHeader.Parse(call.Http.Request.Headers.Authorization);
        if (route.GetMetadata<NeedsNoToken>() is not null && (shown is null || route.GetMetadata<MayShowToken>() is null)) return await limits.AddressAsync(call.Http);
        if (shown is not { } token) return await limits.AddressAsync(call.Http) ?? NoToken;

        var found = await check.RunAsync(token, ct);
        if (!found.Succeeded) return await limits.AddressAsync(call.Http) ?? Challenged(found.Failure);
        call.Caller = found.Value.ToCaller() with { Origin = OriginOf(call.Http) };
        return await limits.AgentAsync(call.Http, call.Caller.Agent.Value)
            ?? await tiers.CallAsync(call.Caller, ct)
            ?? LacksScope(call, route.GetMetadata<NeedsScope>());
    }

    private static AuditOrigin OriginOf(HttpContext http) =>
        new(http.Connection.RemoteIpAddress?.ToString(), http.Request.Headers.UserAgent.ToString() is { Length: > 0 } program ? program : null);

    private static AgentsRefusal Challenged(Failure failure)
    {
        var refusal = failure.Answer();
        return failure.Kind == FailureKind.Unauthorized ? refusal with { Challenge = "Bearer error=\"invalid_token\"" } : refusal;
    }

    private static AgentsRefusal? LacksScope(AgentsCall call, NeedsScope? needed)
    {
        if (needed is null || call.Caller.Has(needed.Scope)) return null;
        return new AgentsRefusal(StatusCodes.Status403Forbidden, "FORBIDDEN", $"The token lacks the scope {needed.Scope}.")
        {
            Details = json => json.WriteString("requiredScope", needed.Scope),
            Challenge = $"Bearer error=\"insufficient_scope\", scope=\"{needed.Scope}\"",
        };
    }
}
