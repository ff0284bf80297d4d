using Credence.Audit;
using Credence.Events;
using Credence.Grants;
using Credence.Keys;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Tokens;

/// <summary>A grant token and its refresh token, signed but not yet recorded.</summary>
/// <param name="Claims">What it says.</param>
/// <param name="Jwt">The token.</param>
/// <param name="RefreshToken">What the next one is had with.</param>
/// <param name="RefreshExpiresAt">Until when.</param>
public sealed record MintedToken(GrantClaims Claims, string Jwt, string RefreshToken, DateTimeOffset RefreshExpiresAt)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Claims.Token} [secret]";
}

/// <summary>Signs tokens for grants, and records them. Signing comes before the transaction and recording inside it (design D16).</summary>
public sealed class MintGrantToken(KeyRing keys, TokenOptions options)
{
    /// <summary>Signs a token for <paramref name="grant"/> that expires with it.</summary>
    public MintedToken Sign(Grant grant, DateTimeOffset now)
    {
        using var span = Tracing.Source.StartActivity("grantex.token.sign"); // without the documented principal, who is a person (contract grantex 11)
        span?.SetTag("grantex.agent_id", grant.Agent.ToString()).SetTag("grantex.grant_id", grant.Id.ToString())
            .SetTag("grantex.developer_id", grant.Organization.ToString()).SetTag("grantex.scopes", string.Join(' ', grant.Scopes));
        var claims = new GrantClaims(
            options.Issuer, grant.Principal, grant.Agent, grant.Organization, grant.Scopes, grant.Id, Id<GrantToken>.New(now), now, grant.ExpiresAt,
            grant.Audience, grant.ParentAgent, grant.ParentId, grant.Depth);
        var refreshExpires = now + options.RefreshLife;
        return new MintedToken(
            claims,
            Jws.Sign(keys.Current(TokenKinds.Grant.Algorithm), TokenKinds.Grant.Typ, claims.ToJson().Span),
            Secret.New("ref_"),
            refreshExpires < grant.ExpiresAt ? refreshExpires : grant.ExpiresAt);
    }

    /// <summary>Records what was signed, with its audit entry and the event <c>token.issued</c>.</summary>
    public static async Task RecordAsync(DbTx tx, Grant grant, MintedToken minted, string by, DateTimeOffset now, CancellationToken ct)
    {
        var token = minted.Claims.Token.ToString();
        await GrantTokenStore.AddAsync(tx, grant, minted, ct);
        await AuditLog.AppendAsync(
            tx,
            new AuditEvent(grant.Organization.ToString(), "token.issued", by, token)
            {
                Data = new() { ["agent"] = grant.Agent.ToString(), ["grant"] = grant.Id.ToString() },
            },
            now, ct);
        await Outbox.AddAsync(
            tx, grant.Organization.ToString(), "token.issued",
            data =>
            {
                data.WriteString("tokenId", token);
                data.WriteString("grantId", grant.Id.ToString());
                data.WriteString("agentId", grant.Agent.ToString());
                data.WriteString("principalId", grant.Principal);
                data.WriteTexts("scopes", grant.Scopes);
                data.WriteString("expiresAt", grant.ExpiresAt.Iso());
            },
            now, ct);
    }
}
