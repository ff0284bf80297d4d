using Credence.Storage;

namespace Credence.Telemetry;

/// <summary>What the agents door tells, and what is told of the stores (contract agent-idp A.7).</summary>
public sealed partial class Metrics
{
    /// <summary>An access token was issued with these scopes, sorted and separated by spaces.</summary>
    public void AccessTokenIssued(string scopes) => _identity.TokensIssued.Add(1, new KeyValuePair<string, object?>("scope", scopes));

    /// <summary>An agent was registered at the agents door.</summary>
    public void AgentRegistered(string environment) => _identity.AgentsRegistered.Add(1, new KeyValuePair<string, object?>("deployment_env", environment));

    /// <summary>A delivery was given up after its last attempt.</summary>
    public void WebhookGivenUp(string eventType) => _identity.DeadLetters.Add(1, new KeyValuePair<string, object?>("event_type", eventType));

    /// <summary>A rate limit refused a request; null for a caller nobody knows.</summary>
    public void RateLimited(Guid? client) => _identity.RateLimitHits.Add(1, new KeyValuePair<string, object?>("client_id", _identity.Client(client)));

    /// <summary>A call of an organization's agent was admitted.</summary>
    public void TenantCalled(Guid organization, string tier) =>
        _identity.TenantCalls.Add(1, new("org_id", _identity.Organization(organization)), new("tier", tier));

    /// <summary>A tier's limit refused something: <c>api_calls</c>, <c>token_issuances</c> or <c>agents</c>.</summary>
    public void TierRejected(Guid organization, string limit) =>
        _identity.TierRejections.Add(1, new("org_id", _identity.Organization(organization)), new("limit_type", limit));

    /// <summary>A DID document was made.</summary>
    public void DidDocumentGenerated() => _identity.DidDocuments.Add(1);

    /// <summary>An ID token was issued.</summary>
    public void IdTokenIssued() => _identity.OidcTokens.Add(1);

    /// <summary>Something happened with a federation partner.</summary>
    public void FederationHappened(FederationEvent happened, int times = 1) =>
        _identity.FederationEvents.Add(times, new KeyValuePair<string, object?>("event_type", Words.Of(happened)));

    /// <summary>A delegation chain was begun.</summary>
    public void DelegationCreated() => _identity.DelegationChains.Add(1);

    /// <summary>A compliance report was made anew.</summary>
    public void ComplianceReported() => _identity.ComplianceReports.Add(1);

    /// <summary>A statement ended.</summary>
    /// <param name="operation">Its first word: <c>select</c>, <c>insert</c>, …</param>
    /// <param name="took">How long it took.</param>
    public void DatabaseAsked(string operation, TimeSpan took) =>
        _identity.QuerySeconds.Record(took.TotalSeconds, new KeyValuePair<string, object?>("operation", operation));

    /// <summary>A command to Redis ended.</summary>
    public void RedisAsked(string command, TimeSpan took) =>
        _identity.CommandSeconds.Record(took.TotalSeconds, new KeyValuePair<string, object?>("command", command));
}
