using Credence.Agents;
using Credence.Credentials;
using Credence.Tokens;

namespace Credence.Delegations;

/// <summary>
/// An agent trades what another gave it, an access token or a delegation, for an access token that says both: whose authority it is, and who acts with it
/// (RFC 8693; contracts agent-idp AE-13 and standards 5.5). Never more, never longer, and gone with whatever it came of.
/// </summary>
public sealed class ExchangeToken(CheckAccessToken check, CheckDelegation delegations, IssueAccessToken issue, TokenOptions options)
{
    /// <summary>What is traded, and for what.</summary>
    /// <param name="Subject">The token whose authority is wanted.</param>
    /// <param name="IsDelegation">Whether it is a delegation token; an access token otherwise.</param>
    /// <param name="Actor">An access token of the caller, or null.</param>
    /// <param name="Scopes">What is wanted of the subject's scopes; null for all that can be had.</param>
    /// <param name="Targets">Where the token is to be used, as far as that was said.</param>
    public sealed record Input(string Subject, bool IsDelegation, string? Actor, IReadOnlyList<string>? Scopes, IReadOnlyList<string> Targets);

    private sealed record Source(TokenDescent Descent, IReadOnlyList<string> Scopes, DateTimeOffset ExpiresAt);

    /// <returns>The token, or why there is none.</returns>
    public async Task<Result<IssuedAccessToken>> RunAsync(AgentClient client, Input input, CancellationToken ct)
    {
        if (!client.Works) return AccessTokenFailures.UnauthorizedClient;
        if (input.Targets.Any(target => target != options.AgentsAudience)) return ExchangeFailures.InvalidTarget;
        var found = input.IsDelegation ? await OfDelegationAsync(client, input.Subject, ct) : await OfAccessTokenAsync(client, input.Subject, ct);
        if (!found.Succeeded) return found.Failure;
        if (input.Actor is { } actor && await ActorRefusalAsync(client, actor, ct) is { } refusal) return refusal;

        var (descent, given, ends) = found.Value;
        if (descent.Depth > DelegationFailures.MostDepth) return ExchangeFailures.TooDeep;
        string[] scopes = [.. given.Where(scope => MayHave(client, scope) && input.Scopes?.Contains(scope, StringComparer.Ordinal) != false)];
        return scopes.Length == 0 ? AccessTokenFailures.InvalidScope : await issue.RunAsync(client, scopes, descent, ends, ct);
    }

    /// <summary>What the holder may have by itself: an exchange is no way round what it was registered with. It makes no ID token, so <c>openid</c> has no place in it.</summary>
    private static bool MayHave(AgentClient client, string scope) => scope != AgentScopes.OpenId && client.Scopes.Contains(scope, StringComparer.Ordinal);

    private async Task<Result<Source>> OfAccessTokenAsync(AgentClient client, string token, CancellationToken ct)
    {
        var found = await check.RunAsync(token, ct);
        if (!found.Succeeded) return Unless(found.Failure, ExchangeFailures.SubjectInvalid);
        var claims = found.Value;
        if (claims.Organization != client.Organization) return ExchangeFailures.SubjectInvalid;

        IReadOnlyList<Id<Agent>> parties = claims.Descent?.Parties ?? [claims.Agent];
        if (claims.Agent != client.Agent) // else its holder cuts it down
        {
            if (parties.Contains(client.Agent)) return ExchangeFailures.Cycle;
            parties = [.. parties, client.Agent];
        }

        List<TokenSource> sources = [.. claims.Descent?.Sources ?? [], TokenSource.Of(claims.Token)];
        if (claims.Credential is { } credential) sources.Add(TokenSource.Of(credential));
        return new Source(new TokenDescent(parties, sources), claims.Scopes, claims.ExpiresAt);
    }

    private async Task<Result<Source>> OfDelegationAsync(AgentClient client, string token, CancellationToken ct)
    {
        var found = await delegations.RunAsync(client.Organization, token, ct);
        if (!found.Succeeded) return found.Failure;
        if (found.Value is not { Reason: null, Claims: { } claims }) return ExchangeFailures.SubjectInvalid;
        if (claims.Delegatee != client.Agent) return ExchangeFailures.Foreign;
        return new Source(new TokenDescent(claims.Parties, [TokenSource.Of(claims.Id)]), claims.Scopes, claims.ExpiresAt);
    }

    private async Task<Failure?> ActorRefusalAsync(AgentClient client, string token, CancellationToken ct)
    {
        var found = await check.RunAsync(token, ct);
        if (!found.Succeeded) return Unless(found.Failure, ExchangeFailures.ActorInvalid);
        return found.Value.Agent == client.Agent ? null : ExchangeFailures.ActorForeign;
    }

    /// <summary>That this node cannot say is no fault of the token's.</summary>
    private static Failure Unless(Failure found, Failure refusal) => found.Kind == FailureKind.Unavailable ? found : refusal;
}
