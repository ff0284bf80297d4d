using Credence.Keys;
using Credence.Tokens;

namespace Credence.Gateways;

/// <summary>
/// Where a browser goes back to once its user has signed in: an address that a rule protects, signed, so that nobody can make the sign-in page send people elsewhere
/// (contract standards 11).
/// </summary>
public sealed class ReturnTickets(KeyRing keys, ProtectedRoutes routes, TokenOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private sealed record Claims(string Issuer, string Audience, string Method, string Scheme, string Host, string Target, DateTimeOffset ExpiresAt);

    /// <summary>Signs the way back to a request.</summary>
    public string Sign(AskedRequest asked)
    {
        var claims = TokenJson.Write(json =>
        {
            json.WriteString("iss", options.Issuer);
            json.WriteString("aud", options.SignInAudience);
            json.WriteString("scheme", asked.Scheme);
            json.WriteString("host", asked.NamedHost);
            json.WriteString("target", asked.Target);
            json.WriteNumber("exp", (clock.Now() + Life).ToUnixTimeSeconds());
        });
        var kind = TokenKinds.ReturnTicket;
        return Jws.Sign(keys.Current(keys.For(kind.Algorithm)), kind.Typ, claims.Span);
    }

    /// <summary>The address to go back to; null when the ticket is none of ours, is too old, or its address is protected no more.</summary>
    public Uri? Read(string ticket)
    {
        var kind = TokenKinds.ReturnTicket;
        var signature = Jws.Verify(keys, ticket, keys.For(kind.Algorithm), kind.Typ);
        if (!signature.Succeeded) return null;
        var claims = TokenJson.Read(signature.Payload, json => new Claims(
            json.Text("iss"), json.Text("aud"), "GET", json.Text("scheme"), json.Text("host"), json.Text("target"), json.Time("exp")));
        if (claims is null || claims.Issuer != options.Issuer || claims.Audience != options.SignInAudience || claims.ExpiresAt <= clock.Now()) return null;
        var asked = new AskedRequest(claims.Method, claims.Scheme, claims.Host, claims.Target);
        return routes.Find(asked) is not null && Uri.TryCreate(asked.Address, UriKind.Absolute, out var address) ? address : null;
    }
}
