using System.Diagnostics.Metrics;

namespace Credence.Telemetry;

/// <summary>
/// Every instrument, declared once under its Prometheus name (contract operations O40 to O44). <c>status</c> is <c>success</c> or the lower-case
/// word for the refusal; label values are bounded here, so that no caller can make the series grow without end.
/// </summary>
public sealed partial class Metrics : IDisposable
{
    /// <summary>How many agents are counted under their own id.</summary>
    public const int MostAgents = 1000;

    /// <summary>The status of what went well.</summary>
    public const string Success = "success";

    private const string Delivered = "delivered";
    private const string Failed = "failed";

    private static readonly InstrumentAdvice<double> HttpBuckets = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly InstrumentAdvice<double> OperationBuckets = new()
    {
        HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    };

    private readonly CappedLabel _agents = new(MostAgents);
    private readonly Counter<long> _exchanges;
    private readonly Counter<long> _agentExchanges;
    private readonly Counter<long> _refreshes;
    private readonly Counter<long> _authorizations;
    private readonly Counter<long> _revoked;
    private readonly Counter<long> _policyEngine;
    private readonly Counter<long> _webhooks;
    private readonly Counter<long> _anomalies;
    private readonly Histogram<double> _exchangeSeconds;
    private readonly Histogram<double> _authorizeSeconds;
    private readonly Histogram<double> _httpSeconds;
    private readonly IdentityInstruments _identity;
    private readonly CodeInstruments _codes;
    private readonly PeopleInstruments _people;
    private readonly MessageInstruments _messages;
    private readonly ForwardAuthInstruments _forwardAuth;
    private readonly StoreInstruments _stores;
    private readonly FollowedGauge _activeGrants;
    private readonly FollowedGauge _unacknowledged;
    private readonly FollowedGauge _expiringCredentials;
    private readonly FollowedGauge _auditIntegrity;
    private readonly List<FollowedGauge> _followed = [];
    private Func<(int Active, int Waiting)> _pool = () => (0, 0);

    /// <summary>Declares the instruments.</summary>
    public Metrics()
    {
        _exchanges = Meter.CreateCounter<long>("grantex_token_exchange_total", null, "Token exchange attempts by outcome");
        _agentExchanges = Meter.CreateCounter<long>("grantex_agent_token_exchanges_total", null, "Token exchange attempts by agent and outcome");
        _refreshes = Meter.CreateCounter<long>("grantex_token_refresh_total", null, "Token refresh attempts by outcome");
        _authorizations = Meter.CreateCounter<long>("grantex_authorize_total", null, "Authorization requests by outcome");
        _revoked = Meter.CreateCounter<long>("grantex_grants_revoked_total", null, "Grants revoked, delegated ones included");
        _policyEngine = Meter.CreateCounter<long>("grantex_policy_engine_total", null, "Questions to the external policy engine by outcome");
        _webhooks = Meter.CreateCounter<long>("grantex_webhook_deliveries_total", null, "Attempts to deliver to a webhook by outcome");
        _anomalies = Meter.CreateCounter<long>("grantex_anomalies_detected_total", null, "Anomalies detected by type and severity");
        _exchangeSeconds = Meter.CreateHistogram(
            "grantex_token_exchange_duration_seconds", "s", "Token exchange duration in seconds", null, OperationBuckets);
        _authorizeSeconds = Meter.CreateHistogram(
            "grantex_authorize_duration_seconds", "s", "Authorization request duration in seconds", null, OperationBuckets);
        _httpSeconds = Meter.CreateHistogram("grantex_http_request_duration_seconds", "s", "HTTP request duration in seconds", null, HttpBuckets);
        _activeGrants = Follow("grantex_active_grants", "Grants that are active and unexpired");
        _unacknowledged = Follow("grantex_anomalies_unacknowledged", "Anomalies that go on and nobody acknowledged");
        _identity = new IdentityInstruments(Meter);
        _codes = new CodeInstruments(Meter);
        _people = new PeopleInstruments(Meter);
        _messages = new MessageInstruments(Meter);
        _followed.AddRange([_messages.WaitingMails, _messages.WaitingTexts]);
        _forwardAuth = new ForwardAuthInstruments(Meter);
        _stores = new StoreInstruments(Meter);
        _expiringCredentials = Follow("agentidp_credentials_expiring_soon_total", "Credentials that expire within seven days");
        _auditIntegrity = Follow("agentidp_audit_chain_integrity", "1 while every audit chain held when it was last checked, else 0");
        Meter.CreateObservableGauge("agentidp_db_pool_active_connections", () => (long)_pool().Active, null, "Database connections in use");
        Meter.CreateObservableGauge("agentidp_db_pool_waiting_requests", () => (long)_pool().Waiting, null, "Callers that wait for a database connection");
    }

    /// <summary>What the instruments belong to; whoever exports listens to this one.</summary>
    public Meter Meter { get; } = new("Credence");

    /// <summary>Makes the plain counters visible at 0, so that a rate can be taken over their first event.</summary>
    public void Prime()
    {
        _exchanges.Add(0, Status(Success));
        _refreshes.Add(0, Status(Success));
        _authorizations.Add(0, Status(Success));
        _revoked.Add(0);
        _webhooks.Add(0, Status(Delivered));
        _webhooks.Add(0, Status(Failed));
        _identity.Prime();
        _codes.Prime();
        _forwardAuth.Prime();
        foreach (var happened in Enum.GetValues<FederationEvent>()) FederationHappened(happened, times: 0);
    }

    /// <summary>Somebody tried to make a grant token of a code.</summary>
    /// <param name="status"><see cref="Success"/>, or the kind of refusal.</param>
    /// <param name="agentId">Whose code it was, when that became known.</param>
    /// <param name="took">How long a success took; refusals are not in the histogram (contract grantex 11).</param>
    public void TokenExchanged(string status, string? agentId = null, TimeSpan? took = null)
    {
        _exchanges.Add(1, Status(status));
        if (agentId is not null) _agentExchanges.Add(1, new("agent_id", _agents.Of(agentId)), Status(status));
        if (took is { } time) _exchangeSeconds.Record(time.TotalSeconds);
    }

    /// <summary>Somebody tried to make a new grant token of a refresh token.</summary>
    public void TokenRefreshed(string status) => _refreshes.Add(1, Status(status));

    /// <summary>A developer asked for consent.</summary>
    /// <param name="status"><see cref="Success"/>, or the kind of refusal.</param>
    /// <param name="took">How long a success took.</param>
    public void Authorized(string status, TimeSpan? took = null)
    {
        _authorizations.Add(1, Status(status));
        if (took is { } time) _authorizeSeconds.Record(time.TotalSeconds);
    }

    /// <summary>Grants ended, the delegated ones included in <paramref name="count"/>.</summary>
    public void GrantsRevoked(int count) => _revoked.Add(count);

    /// <summary>The external policy engine was asked.</summary>
    /// <param name="status"><see cref="Success"/>, or <c>timeout</c>, <c>unreachable</c>, <c>status</c>, <c>malformed</c>.</param>
    public void PolicyEngineAsked(string status) => _policyEngine.Add(1, Status(status));

    /// <summary>An attempt to deliver to a webhook ended.</summary>
    public void WebhookSent(bool delivered) => _webhooks.Add(1, Status(delivered ? Delivered : Failed));

    /// <summary>An anomaly was found that was not there in the round before. The types are fixed: what an organization's own rules find has one.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="severity">How much it matters.</param>
    /// <param name="times">How many; 0 makes the series visible.</param>
    public void AnomalyDetected(string type, string severity, int times = 1) => _anomalies.Add(times, new("type", type), new("severity", severity));

    /// <summary>A request was answered. <paramref name="route"/> is a template or <c>unmatched</c>, never a path.</summary>
    public void HttpAnswered(string method, string route, string statusCode, TimeSpan took)
    {
        _httpSeconds.Record(took.TotalSeconds, new("method", method), new("route", route), new("status_code", statusCode));
        _identity.HttpAnswered(method, route, statusCode, took);
    }

    /// <summary>Tells how the active grants are counted; asked once per scrape.</summary>
    public void FollowActiveGrants(Func<CancellationToken, Task<long>> count) => _activeGrants.Source = count;

    /// <summary>Tells how the anomalies are counted that nobody acknowledged; asked once per scrape.</summary>
    public void FollowUnacknowledgedAnomalies(Func<CancellationToken, Task<long>> count) => _unacknowledged.Source = count;

    /// <summary>Tells how the credentials are counted that soon expire; asked once per scrape.</summary>
    public void FollowExpiringCredentials(Func<CancellationToken, Task<long>> count) => _expiringCredentials.Source = count;

    /// <summary>Tells whether the audit chains hold, as 1 or 0; asked once per scrape.</summary>
    public void FollowAuditIntegrity(Func<CancellationToken, Task<long>> intact) => _auditIntegrity.Source = intact;

    /// <summary>Tells how many connections to the database are in use, and how many callers wait for one.</summary>
    public void FollowPool(Func<(int Active, int Waiting)> pool) => _pool = pool;

    /// <summary>Brings the gauges that follow stored data up to date. One whose source fails is left out of the scrape, rather than told wrong.</summary>
    /// <exception cref="Exception">Whatever the source threw.</exception>
    public async Task RefreshAsync(CancellationToken ct)
    {
        foreach (var gauge in _followed) gauge.Forget();
        foreach (var gauge in _followed) await gauge.RefreshAsync(ct);
    }

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    private static KeyValuePair<string, object?> Status(string status) => new("status", status);

    private FollowedGauge Follow(string name, string description)
    {
        var gauge = new FollowedGauge();
        Meter.CreateObservableGauge(name, () => gauge.Known(), null, description);
        _followed.Add(gauge);
        return gauge;
    }
}
