using System.Text;
using Credence.Server.Operations.Prometheus;
using Credence.Telemetry;

namespace Credence.Tests.Hosting;

/// <summary>What a scrape says (contract operations O40 to O45).</summary>
public sealed class PrometheusTests
{
    [Fact]
    public async Task Every_instrument_is_there_with_help_and_type()
    {
        using var metrics = new Metrics();
        using var scrape = new Scrape(metrics);
        metrics.FollowActiveGrants(_ => Task.FromResult(7L));
        metrics.FollowUnacknowledgedAnomalies(_ => Task.FromResult(3L));
        metrics.AnomalyDetected("rate_spike", "high");
        await metrics.RefreshAsync(TestContext.Current.CancellationToken);
        var text = Text(scrape);
        foreach (var (name, type) in new[]
        {
            ("grantex_token_exchange_total", "counter"), ("grantex_token_refresh_total", "counter"), ("grantex_authorize_total", "counter"),
            ("grantex_grants_revoked_total", "counter"), ("grantex_webhook_deliveries_total", "counter"), ("grantex_agent_token_exchanges_total", "counter"), ("grantex_active_grants", "gauge"),
            ("grantex_anomalies_detected_total", "counter"), ("grantex_anomalies_unacknowledged", "gauge"),
            ("grantex_authorize_duration_seconds", "histogram"), ("grantex_token_exchange_duration_seconds", "histogram"),
            ("grantex_http_request_duration_seconds", "histogram"), ("process_resident_memory_bytes", "gauge"), ("dotnet_gc_collections_total", "counter"),
        })
        {
            Assert.Contains($"# TYPE {name} {type}\n", text, StringComparison.Ordinal);
            Assert.Matches($"# HELP {name} \\S", text);
        }

        Assert.Contains("\ngrantex_active_grants 7\n", text, StringComparison.Ordinal);
        Assert.Contains("\ngrantex_anomalies_unacknowledged 3\n", text, StringComparison.Ordinal);
        Assert.Contains("\ngrantex_anomalies_detected_total{type=\"rate_spike\",severity=\"high\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Counters_count_success_and_every_kind_of_failure_and_begin_at_zero()
    {
        using var metrics = new Metrics();
        using var scrape = new Scrape(metrics);
        Assert.Contains("grantex_token_exchange_total{status=\"success\"} 0\n", Text(scrape), StringComparison.Ordinal);
        Assert.Contains("grantex_grants_revoked_total 0\n", Text(scrape), StringComparison.Ordinal);
        Assert.Contains("grantex_webhook_deliveries_total{status=\"failed\"} 0\n", Text(scrape), StringComparison.Ordinal);

        metrics.TokenExchanged(Metrics.Success, "ag_1", TimeSpan.FromMilliseconds(30));
        metrics.TokenExchanged("bad_request");
        metrics.TokenExchanged("bad_request");
        metrics.GrantsRevoked(3);

        var text = Text(scrape);
        Assert.Contains("grantex_token_exchange_total{status=\"success\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("grantex_token_exchange_total{status=\"bad_request\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("grantex_agent_token_exchanges_total{agent_id=\"ag_1\",status=\"success\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("grantex_token_exchange_duration_seconds_count 1\n", text, StringComparison.Ordinal);
        Assert.Contains("grantex_grants_revoked_total 3\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_histogram_has_the_documented_buckets_and_they_add_up()
    {
        using var metrics = new Metrics();
        using var scrape = new Scrape(metrics);
        foreach (var milliseconds in new[] { 10, 11, 300, 60_000 }) metrics.Authorized(Metrics.Success, TimeSpan.FromMilliseconds(milliseconds));
        const string Name = "grantex_authorize_duration_seconds";
        Assert.Equal(
            [
                $"{Name}_bucket{{le=\"0.01\"}} 1", $"{Name}_bucket{{le=\"0.05\"}} 2", $"{Name}_bucket{{le=\"0.1\"}} 2", $"{Name}_bucket{{le=\"0.25\"}} 2",
                $"{Name}_bucket{{le=\"0.5\"}} 3", $"{Name}_bucket{{le=\"1\"}} 3", $"{Name}_bucket{{le=\"2.5\"}} 3", $"{Name}_bucket{{le=\"5\"}} 3",
                $"{Name}_bucket{{le=\"+Inf\"}} 4", $"{Name}_sum 60.321", $"{Name}_count 4",
            ],
            Text(scrape).Split('\n').Where(line => line.StartsWith(Name, StringComparison.Ordinal)));
    }

    [Fact]
    public void Past_a_thousand_agents_the_next_ones_are_other()
    {
        using var metrics = new Metrics();
        using var scrape = new Scrape(metrics);
        Parallel.For(0, Metrics.MostAgents + 500, agent => metrics.TokenExchanged(Metrics.Success, $"ag_{agent}"));
        var series = Text(scrape).Split('\n').Where(line => line.StartsWith("grantex_agent_token_exchanges_total{", StringComparison.Ordinal)).ToList();
        Assert.Equal(Metrics.MostAgents + 1, series.Count);
        Assert.Contains("grantex_agent_token_exchanges_total{agent_id=\"other\",status=\"success\"} 500", series);
    }

    [Fact]
    public async Task A_gauge_whose_source_fails_is_left_out()
    {
        using var metrics = new Metrics();
        using var scrape = new Scrape(metrics);
        metrics.FollowActiveGrants(_ => Task.FromResult(7L));
        await metrics.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\ngrantex_active_grants 7\n", Text(scrape), StringComparison.Ordinal);
        metrics.FollowActiveGrants(_ => throw new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => metrics.RefreshAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain("\ngrantex_active_grants 7", Text(scrape), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_are_escaped() =>
        Assert.Equal("a=\"b\\\\\\\"\\nc\"", PrometheusText.Label("a", "b\\\"\nc"));

    [Fact]
    public void Nothing_is_lost_when_many_measure_at_once()
    {
        using var metrics = new Metrics();
        using var scrape = new Scrape(metrics);
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var call = 0; call < 250_000; call++) metrics.HttpAnswered("GET", "/x", "200", TimeSpan.FromSeconds(1));
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Contains("grantex_http_request_duration_seconds_count{method=\"GET\",route=\"/x\",status_code=\"200\"} 1000000\n", Text(scrape), StringComparison.Ordinal);
        Assert.Contains("grantex_http_request_duration_seconds_sum{method=\"GET\",route=\"/x\",status_code=\"200\"} 1000000\n", Text(scrape), StringComparison.Ordinal);
    }

    private static string Text(Scrape scrape) => Encoding.UTF8.GetString(scrape.Write());
}
