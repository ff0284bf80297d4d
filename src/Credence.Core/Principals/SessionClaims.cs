using Credence.Organizations;
using Credence.Tokens;

namespace Credence.Principals;

/// <summary>What a session token says (contract grantex 5.4), and a <c>jti</c> besides, by which it can be ended.</summary>
internal static class SessionClaims
{
    private const string Purpose = "principal_dashboard";

    /// <summary>The payload: plain ASCII JSON.</summary>
    public static ReadOnlyMemory<byte> Write(PrincipalSession session, string issuer) => TokenJson.Write(json =>
    {
        json.WriteString("iss", issuer);
        json.WriteString("sub", session.Principal);
        json.WriteString("dev", session.Organization.ToString());
        json.WriteString("purpose", Purpose);
        json.WriteString("jti", session.Id.ToString());
        json.WriteNumber("iat", session.CreatedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp", session.ExpiresAt.ToUnixTimeSeconds());
    });

    /// <summary>Reads the payload of a token whose signature was checked.</summary>
    /// <returns>Null when a claim is missing, of another type, or another issuer's or purpose's.</returns>
    public static PrincipalSession? Read(ReadOnlyMemory<byte> payload, string issuer) => TokenJson.Read(payload, claims =>
        claims.Text("iss") == issuer && claims.Text("purpose") == Purpose
            ? new PrincipalSession(
                Id<PrincipalSession>.Parse(claims.Text("jti")), Id<Organization>.Parse(claims.Text("dev")), claims.Text("sub"), claims.Time("iat"), claims.Time("exp"))
            : null);
}
