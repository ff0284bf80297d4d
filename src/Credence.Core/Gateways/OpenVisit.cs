using Credence.Keys;
using Credence.SignIn;
using Credence.Tokens;

namespace Credence.Gateways;

/// <summary>What a browser shows to proxies from now on.</summary>
/// <param name="Jwt">The token.</param>
/// <param name="ExpiresAt">Until when it counts.</param>
public sealed record Visit(string Jwt, DateTimeOffset ExpiresAt)
{
    /// <inheritdoc/>
    public override string ToString() => "[secret]";
}

/// <summary>
/// Signs what a signed-in browser shows to the proxies that ask here (contract standards 11). It is of the browser's session and ends with it, on every node; no door
/// but <c>/forward-auth</c> takes it, so a service that it reaches can do nothing here with it (docs/decisions/0045).
/// </summary>
public sealed class OpenVisit(SessionClaims describe, KeyRing keys, TokenOptions options, TimeProvider clock)
{
    /// <param name="signed">Who is signed in, and where.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<Visit> RunAsync(BrowserSession signed, CancellationToken ct)
    {
        var session = signed.Session;
        var claims = await describe.OfAsync(session, options.GatewayAudience, clock.Now(), ct);
        claims = claims with { ClientId = null, ExpiresAt = claims.ExpiresAt < session.ExpiresAt ? claims.ExpiresAt : session.ExpiresAt };
        var kind = TokenKinds.Visit;
        return new Visit(Jws.Sign(keys.Current(keys.For(kind.Algorithm)), kind.Typ, claims.ToJson().Span), claims.ExpiresAt);
    }
}
