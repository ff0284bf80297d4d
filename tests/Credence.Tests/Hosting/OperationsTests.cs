using System.Net;
using Credence.Server.Operations;
using Credence.Storage;
using Credence.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.Tests.Hosting;

/// <summary>What operators ask (contract operations O1 to O6, O39, design D15).</summary>
public sealed class OperationsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_is_exactly_ok_and_in_embedded_mode_asks_for_no_redis()
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Equal((200, """{"status":"ok"}"""), await GetAsync(host.Client, "/health"));
    }

    [Fact]
    public async Task Health_names_what_fails_and_recovers_without_a_restart()
    {
        using var redis = new RedisServer();
        await redis.StartAsync(Ct);
        await using var database = await Forwarder.ToPostgresAsync(await TestDb.OnAsync(EngineKind.Postgres));
        await using var host = await HostUnderTest.StartAsync(null, ("DATABASE_URL", database.Url), ("REDIS_URL", redis.Url));
        await ReachesAsync(host.Client, "/health", (200, """{"status":"ok"}"""));

        redis.Stop();
        await ReachesAsync(host.Client, "/health", (503, """{"status":"degraded","failing":["redis"]}"""));
        database.Close();
        await ReachesAsync(host.Client, "/health", (503, """{"status":"degraded","failing":["db","redis"]}"""));
        Assert.Equal((200, "ok\n"), await GetAsync(host.Client, "/livez")); // it serves, so nobody restarts it
        Assert.Equal(503, (await GetAsync(host.Client, "/readyz")).Status);

        await redis.StartAsync(Ct);
        await ReachesAsync(host.Client, "/health", (503, """{"status":"degraded","failing":["db"]}"""));
        database.Open();
        await ReachesAsync(host.Client, "/health", (200, """{"status":"ok"}"""));
        await ReachesAsync(host.Client, "/readyz", (200, """{"status":"ready"}"""));
    }

    [Fact]
    public async Task Health_does_not_wait_for_a_store_that_never_answers()
    {
        using var redis = new RedisServer();
        await redis.StartAsync(Ct);
        await using var host = await HostUnderTest.StartAsync(null, ("REDIS_URL", redis.Url));
        await ReachesAsync(host.Client, "/health", (200, """{"status":"ok"}"""));
        redis.Pause();
        try
        {
            Assert.Equal((503, """{"status":"degraded","failing":["redis"]}"""), await GetAsync(host.Client, "/health"));
        }
        finally
        {
            redis.Resume();
        }
    }

    [Fact]
    public async Task Health_answers_head_and_leaves_other_methods_to_the_doors()
    {
        await using var host = await HostUnderTest.StartAsync(app => app.MapPost("/health", () => "a door"));
        using var head = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/health"), Ct);
        Assert.Equal((HttpStatusCode.OK, 15L), (head.StatusCode, head.Content.Headers.ContentLength ?? 0));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Ct));
        using var post = await host.Client.PostAsync("/health", null, Ct);
        Assert.Equal("a door", await post.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task A_node_is_ready_when_every_registered_check_is()
    {
        await using var host = await HostUnderTest.StartAsync();
        Assert.Equal((200, """{"status":"ready"}"""), await GetAsync(host.Client, "/readyz"));
        Assert.Contains(host.App.Services.GetServices<ReadinessCheck>(), check => check.Name == "keys");
        Assert.Contains(host.App.Services.GetServices<ReadinessCheck>(), check => check.Name == "revocations");
    }

    [Fact]
    public async Task Pending_migrations_keep_a_node_from_being_ready_until_they_are_applied()
    {
        await using var host = await HostUnderTest.StartAsync(null, ("MIGRATE_ON_START", "false"));
        var (status, body) = await GetAsync(host.Client, "/readyz");
        Assert.Equal(503, status);
        Assert.Contains("migrations", body, StringComparison.Ordinal);
        Assert.Equal(200, (await GetAsync(host.Client, "/livez")).Status);

        var migrator = host.App.Services.GetRequiredService<Migrator>();
        await migrator.ApplyAsync(Migrator.Shipped(EngineKind.Sqlite), Ct); // what `credence migrate` does
        await ReachesAsync(host.Client, "/readyz", (200, """{"status":"ready"}"""));
    }

    [Fact]
    public async Task A_scrape_is_prometheus_text_and_counts_itself()
    {
        await using var host = await HostUnderTest.StartAsync(app => app.MapGet("/things/{id}", (string id) => id));
        await GetAsync(host.Client, "/things/1?token=Hunter2");
        await GetAsync(host.Client, "/things/2");
        await GetAsync(host.Client, "/no/such/thing");
        await GetAsync(host.Client, "/metrics");
        using var response = await host.Client.GetAsync("/metrics", Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Contains("""grantex_http_request_duration_seconds_count{method="GET",route="/things/{id}",status_code="200"} 2""", text, StringComparison.Ordinal);
        Assert.Contains("""grantex_http_request_duration_seconds_count{method="GET",route="unmatched",status_code="401"} 1""", text, StringComparison.Ordinal);
        Assert.Contains("""grantex_http_request_duration_seconds_count{method="GET",route="/metrics",status_code="200"} 1""", text, StringComparison.Ordinal);
        Assert.Contains("\ngrantex_active_grants 0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_scrapes_ten_times_a_minute()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var scrape = 0; scrape < 10; scrape++) Assert.Equal(200, (await GetAsync(host.Client, "/metrics")).Status);
        using var response = await host.Client.GetAsync("/metrics", Ct);
        var body = await response.Content.ReadAsStringAsync(Ct);
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Matches("retry in [0-9]+ seconds", body);
        Assert.Equal("0", response.Headers.GetValues("X-RateLimit-Remaining").Single());
        Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_key_guards_the_scrape()
    {
        await using var host = await HostUnderTest.StartAsync(null, ("METRICS_API_KEY", "0123456789abcdef"));
        Assert.Equal(401, (await GetAsync(host.Client, "/metrics")).Status);
        Assert.Equal(401, (await GetAsync(host.Client, "/metrics", "Bearer 0123456789abcdeX")).Status);
        Assert.Equal(401, (await GetAsync(host.Client, "/metrics", "Basic 0123456789abcdef")).Status);
        Assert.Equal(200, (await GetAsync(host.Client, "/metrics", "Bearer 0123456789abcdef")).Status);
    }

    [Fact]
    public async Task A_private_listener_serves_the_scrape_and_nothing_else()
    {
        var port = ServerProcess.FreePort();
        await using var host = await HostUnderTest.StartAsync(null, ("METRICS_BIND", $"127.0.0.1:{port}"));
        using var inside = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        Assert.Equal(200, (await GetAsync(inside, "/metrics")).Status);
        Assert.Equal(404, (await GetAsync(inside, "/health")).Status);
        Assert.Equal(404, (await GetAsync(host.Client, "/metrics")).Status);
        Assert.Equal(200, (await GetAsync(host.Client, "/health")).Status);
    }

    [Fact]
    public async Task Metrics_can_be_turned_off()
    {
        await using var host = await HostUnderTest.StartAsync(null, ("METRICS_ENABLED", "false"));
        Assert.Equal(404, (await GetAsync(host.Client, "/metrics")).Status);
    }

    private static async Task<(int Status, string Body)> GetAsync(HttpClient client, string path, string? authorization = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (authorization is not null) request.Headers.Add("Authorization", authorization);
        using var response = await client.SendAsync(request, Ct);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Ct));
    }

    /// <summary>Asks until the answer is the wanted one; the last answer is the failure when it never is.</summary>
    private static async Task ReachesAsync(HttpClient client, string path, (int Status, string Body) wanted)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            if (await GetAsync(client, path) == wanted) return;
            await Task.Delay(100, Ct);
        }

        Assert.Equal(wanted, await GetAsync(client, path));
    }
}
