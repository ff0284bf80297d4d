using Credence.Agents;
using Credence.Audit;

namespace Credence.Tokens;

/// <summary>An agent asks what a token of its organization is worth (contract agent-idp AE-14; RFC 7662).</summary>
public sealed class IntrospectToken(CheckAccessToken check, RecordAudit record)
{
    /// <returns>What the token says; null when it does not count, or is another organization's; or that this node cannot say now.</returns>
    public async Task<Result<AccessClaims?>> RunAsync(AgentCaller caller, string token, CancellationToken ct)
    {
        var found = await check.RunAsync(token, ct);
        if (!found.Succeeded && found.Failure.Kind == FailureKind.Unavailable) return found.Failure;
        var claims = found.Succeeded && found.Value.Organization == caller.Organization ? found.Value : null;
        await record.RunAsync(caller.Act("token.introspected", claims?.Token.ToString() ?? "unknown"), ct);
        return claims;
    }
}
