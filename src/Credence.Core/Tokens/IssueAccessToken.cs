using Credence.Agents;
using Credence.Audit;
using Credence.Credentials;
using Credence.Events;
using Credence.Keys;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Tokens;

/// <summary>An access token just issued.</summary>
/// <param name="Claims">What it says.</param>
/// <param name="Jwt">The token, shown once.</param>
public sealed record IssuedAccessToken(AccessClaims Claims, string Jwt)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Claims.Token} [secret]";
}

/// <summary>
/// An agent that proved itself gets a token (contract agent-idp AE-13; RFC 6749 4.4). It is signed first; what is recorded of it is durable before it
/// is given out, and tokens that are asked for at once share one transaction (design D16).
/// </summary>
public sealed class IssueAccessToken
{
    private const int PerTransaction = 500;

    private readonly Db _db;
    private readonly KeyRing _keys;
    private readonly TokenOptions _options;
    private readonly TimeProvider _clock;
    private readonly GroupCommit<Part, bool> _commits;

    private sealed record Part(AccessClaims Claims, string? TraceParent);

    /// <summary>One for the process: it is what its callers share.</summary>
    public IssueAccessToken(Db db, KeyRing keys, TokenOptions options, TimeProvider clock)
    {
        (_db, _keys, _options, _clock) = (db, keys, options, clock);
        _commits = new(CommitAsync, db.Engine.IsUnavailable, PerTransaction);
    }

    /// <param name="client">Who proved itself.</param>
    /// <param name="asked">The scopes it asks for; null for the usual ones.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The token; or that the agent gets none, or not with these scopes.</returns>
    public async Task<Result<IssuedAccessToken>> RunAsync(AgentClient client, IReadOnlyList<string>? asked, CancellationToken ct)
    {
        if (!client.Works) return AccessTokenFailures.UnauthorizedClient;
        var scopes = asked ?? AgentScopes.Usual(client.Scopes);
        if (scopes.Count == 0 || scopes.Any(scope => !client.Scopes.Contains(scope, StringComparer.Ordinal))) return AccessTokenFailures.InvalidScope;
        return await SignAsync(client, scopes, DateTimeOffset.MaxValue, descent: null, ct);
    }

    /// <summary>Issues a token for what the agent exchanges (RFC 8693): whoever calls this has checked that it may.</summary>
    /// <param name="client">Who proved itself.</param>
    /// <param name="scopes">What the token allows.</param>
    /// <param name="descent">What it came of.</param>
    /// <param name="until">When what it came of ends: it lives no longer, nor longer than what the agent proved itself with.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<Result<IssuedAccessToken>> RunAsync(
        AgentClient client, IReadOnlyList<string> scopes, TokenDescent descent, DateTimeOffset until, CancellationToken ct)
    {
        if (client.CredentialEnds is { } end && end < until) until = end;
        return await SignAsync(client, scopes, until, descent, ct);
    }

    private async Task<IssuedAccessToken> SignAsync(AgentClient client, IReadOnlyList<string> scopes, DateTimeOffset until, TokenDescent? descent, CancellationToken ct)
    {
        var now = _clock.Now();
        var since = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        var claims = new AccessClaims(
            _options.Issuer, _options.AgentsAudience, client.Agent, client.Organization, [.. scopes.Distinct(StringComparer.Ordinal)], Id<AccessToken>.New(now), since,
            Earlier(since + _options.AccessTokenLife, until), client.Credential)
        {
            Descent = descent,
        };
        var jwt = Jws.Sign(_keys.Current(_keys.For(client.SigningAlg)), TokenKinds.Access.Typ, claims.ToJson().Span);
        await _commits.AddAsync(new Part(claims, Tracing.Parent), ct);
        return new IssuedAccessToken(claims, jwt);
    }

    /// <summary>The earlier of the two, in the whole seconds that tokens know.</summary>
    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) =>
        DateTimeOffset.FromUnixTimeSeconds((one < other ? one : other).ToUnixTimeSeconds());

    private async Task<IReadOnlyList<bool>> CommitAsync(IReadOnlyList<Part> issued)
    {
        var ct = CancellationToken.None; // no caller's end may end the others' tokens
        var now = _clock.Now();
        await using var tx = await _db.BeginAsync(ct);
        await AuditLog.AppendAsync(tx, [.. issued.Select(part => Audited(part.Claims))], now, ct);
        await Outbox.AddAsync(
            tx, EventDoor.Agents, "token.issued", issued, part => part.Claims.Organization.ToString(), part => part.TraceParent,
            (part, data) =>
            {
                var claims = part.Claims;
                data.WriteString("agentId", claims.Agent.Value);
                data.WriteString("tokenId", claims.Token.Value);
                data.WriteTexts("scopes", claims.Scopes);
                data.WriteString("expiresAt", claims.ExpiresAt.Iso());
                if (claims.Subject != claims.Agent) data.WriteString("onBehalfOf", claims.Subject.Value);
            },
            now, ct);
        await tx.CommitAsync();
        return [.. issued.Select(_ => true)];
    }

    private static AuditEvent Audited(AccessClaims claims)
    {
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["scope"] = claims.Scope };
        if (claims.Descent is { } descent)
        {
            facts["for"] = claims.Subject.ToString();
            facts["from"] = string.Join(' ', descent.Sources);
        }

        return new AuditEvent(claims.Organization.ToString(), "token.issued", claims.Agent.ToString(), claims.Token.ToString()) { Data = facts };
    }
}
