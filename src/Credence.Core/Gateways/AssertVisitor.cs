using Credence.Keys;
using Credence.Tokens;

namespace Credence.Gateways;

/// <summary>
/// Signs what the identity headers say, for the one service and for a minute, so that a service which does not trust its network can check with the published keys
/// that this server said it.
/// </summary>
public sealed class AssertVisitor(KeyRing keys, TokenOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    /// <param name="visitor">Who comes.</param>
    /// <param name="origin">The service's origin.</param>
    public string Run(Visitor visitor, string origin)
    {
        var now = clock.Now();
        var claims = TokenJson.Write(json =>
        {
            json.WriteString("iss", options.Issuer);
            json.WriteString("aud", origin);
            json.WriteString("sub", visitor.Subject);
            if (visitor.Agent.Length > 0) json.WriteString("agent", visitor.Agent);
            if (visitor.ActorChain.Count > 0) json.WriteTexts("actor_chain", visitor.ActorChain);
            if (visitor.Client.Length > 0) json.WriteString("client_id", visitor.Client);
            if (visitor.Scopes.Count > 0) json.WriteString("scope", string.Join(' ', visitor.Scopes));
            if (visitor.Grant.Length > 0) json.WriteString("grant", visitor.Grant);
            if (visitor.Tenant.Length > 0) json.WriteString("tenant", visitor.Tenant);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", (now + Life).ToUnixTimeSeconds());
            json.WriteString("jti", Guid.CreateVersion7(now));
        });
        var kind = TokenKinds.Assertion;
        return Jws.Sign(keys.Current(keys.For(kind.Algorithm)), kind.Typ, claims.Span);
    }
}
