using System.Diagnostics.Metrics;

namespace Credence.Telemetry;

/// <summary>The instruments of contract agent-idp A.7, under its names; the gauges that follow stored data are with the others in <see cref="Metrics"/>.</summary>
internal sealed class IdentityInstruments
{
    /// <summary>How many values a label that names an organization or a client may take.</summary>
    private const int MostNames = 1000;

    private static readonly InstrumentAdvice<double> HttpBuckets = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };
    private static readonly InstrumentAdvice<double> StoreBuckets = new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5] };

    private readonly CappedLabel _clients = new(MostNames);
    private readonly CappedLabel _organizations = new(MostNames);
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _requestSeconds;

    /// <summary>Declares them.</summary>
    public IdentityInstruments(Meter meter)
    {
        TokensIssued = meter.CreateCounter<long>("agentidp_tokens_issued_total", null, "OAuth tokens issued by scope");
        AgentsRegistered = meter.CreateCounter<long>("agentidp_agents_registered_total", null, "Agents registered by environment");
        _requests = meter.CreateCounter<long>("agentidp_http_requests_total", null, "HTTP requests by method, route and status");
        _requestSeconds = meter.CreateHistogram("agentidp_http_request_duration_seconds", "s", "HTTP request duration in seconds", null, HttpBuckets);
        QuerySeconds = meter.CreateHistogram("agentidp_db_query_duration_seconds", "s", "Database statement duration in seconds by operation", null, StoreBuckets);
        CommandSeconds = meter.CreateHistogram("agentidp_redis_command_duration_seconds", "s", "Redis command duration in seconds by command", null, StoreBuckets);
        DeadLetters = meter.CreateCounter<long>("agentidp_webhook_dead_letters_total", null, "Webhook deliveries given up after the last attempt, by event");
        RateLimitHits = meter.CreateCounter<long>("agentidp_rate_limit_hits_total", null, "Requests refused by a rate limit, by client");
        TenantCalls = meter.CreateCounter<long>("agentidp_tenant_api_calls_total", null, "Admitted API calls by organization and tier");
        TierRejections = meter.CreateCounter<long>("agentidp_billing_limit_rejections_total", null, "Requests refused by a tier's limit, by organization and limit");
        DidDocuments = meter.CreateCounter<long>("agentidp_did_documents_generated_total", null, "DID documents generated");
        OidcTokens = meter.CreateCounter<long>("agentidp_oidc_tokens_issued_total", null, "ID tokens issued");
        FederationEvents = meter.CreateCounter<long>("agentidp_federation_events_total", null, "Events about federation partners by type");
        DelegationChains = meter.CreateCounter<long>("agentidp_delegation_chains_created_total", null, "Delegation chains created");
        ComplianceReports = meter.CreateCounter<long>("agentidp_compliance_reports_generated_total", null, "Compliance reports generated");
    }

    public Counter<long> TokensIssued { get; }

    public Counter<long> AgentsRegistered { get; }

    public Histogram<double> QuerySeconds { get; }

    public Histogram<double> CommandSeconds { get; }

    public Counter<long> DeadLetters { get; }

    public Counter<long> RateLimitHits { get; }

    public Counter<long> TenantCalls { get; }

    public Counter<long> TierRejections { get; }

    public Counter<long> DidDocuments { get; }

    public Counter<long> OidcTokens { get; }

    public Counter<long> FederationEvents { get; }

    public Counter<long> DelegationChains { get; }

    public Counter<long> ComplianceReports { get; }

    /// <summary>Makes the counters without labels visible at 0.</summary>
    public void Prime()
    {
        foreach (var plain in (Counter<long>[])[DidDocuments, OidcTokens, DelegationChains, ComplianceReports]) plain.Add(0);
    }

    /// <summary>A request was answered.</summary>
    public void HttpAnswered(string method, string route, string statusCode, TimeSpan took)
    {
        _requests.Add(1, new("method", method), new("route", route), new("status_code", statusCode));
        _requestSeconds.Record(took.TotalSeconds, new("method", method), new("route", route), new("status_code", statusCode));
    }

    /// <summary>An organization's label.</summary>
    public string Organization(Guid id) => _organizations.Of(id.ToString());

    /// <summary>A client's label; whoever is not known has none.</summary>
    public string Client(Guid? id) => id is { } known ? _clients.Of(known.ToString()) : "anonymous";
}
