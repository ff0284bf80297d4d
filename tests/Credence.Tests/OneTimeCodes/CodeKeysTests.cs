using Credence.OneTimeCodes;
using Credence.Server.Operations.Prometheus;
using Credence.Telemetry;
using Credence.Tests.State;
using Credence.Tests.Support;
using StackExchange.Redis;

namespace Credence.Tests.OneTimeCodes;

/// <summary>What an operator sees of codes: the keys in Redis (contract identity A 39, B.1), the metrics, and an outage (A 40, A 42).</summary>
public sealed class CodeKeysTests
{
    private readonly string _someone = CodeNode.Someone();

    [Fact]
    public async Task The_keys_are_the_documented_ones_with_their_lives_and_tell_no_secret()
    {
        await using var node = await CodeNode.OpenAsync(StateKind.Redis);
        var requested = await node.RequestedAsync(_someone);
        using var look = await RedisServer.LookAsync(RedisServer.SharedUrl);
        var redis = look.GetDatabase();

        var record = (await redis.HashGetAllAsync($"verify-email:otp:{_someone}")).ToDictionary(field => (string)field.Name!, field => (string)field.Value!);
        Assert.Equal(["attempts", "code", "createdAt", "sessionToken", "target", "userId"], record.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("0", "42", _someone), (record["attempts"], record["userId"], record["target"]));
        Assert.Matches("^[0-9a-f]{64}$", record["code"]);
        Assert.DoesNotContain(record.Values, value => value.Contains(requested.SessionToken, StringComparison.Ordinal));
        await LivesAsync(redis, $"verify-email:otp:{_someone}", 600);
        await LivesAsync(redis, $"verify-email:cooldown:{_someone}", 60);
        await LivesAsync(redis, $"verify-email:daily:{_someone}", 86400);
        Assert.Equal("1", await redis.StringGetAsync($"verify-email:daily:{_someone}"));

        await node.VerifyAsync(requested.SessionToken, CodeNode.Wrong(requested.Code));
        Assert.Equal("1", await redis.HashGetAsync($"verify-email:otp:{_someone}", "attempts"));
        await LivesAsync(redis, $"verify-email:otp:{_someone}", 600);
        for (var guess = 0; guess < 4; guess++) await node.VerifyAsync(requested.SessionToken, CodeNode.Wrong(requested.Code));
        Assert.False(await redis.KeyExistsAsync($"verify-email:otp:{_someone}"));
        await LivesAsync(redis, $"verify-email:lock:{_someone}", 900);
    }

    [Fact]
    public async Task A_lock_that_an_operator_sets_without_an_end_holds_and_promises_a_wait()
    {
        await using var node = await CodeNode.OpenAsync(StateKind.Redis);
        using var look = await RedisServer.LookAsync(RedisServer.SharedUrl);
        await look.GetDatabase().StringSetAsync($"verify-email:lock:{_someone}", "1");

        var refused = await node.RequestAsync(_someone);
        await look.GetDatabase().KeyDeleteAsync($"verify-email:lock:{_someone}");

        Assert.Equal(("otp.locked", TimeSpan.FromSeconds(900)), (refused.Failure!.Code, refused.Failure.RetryAfter!.Value));
    }

    [Fact]
    public async Task A_code_outlives_the_node_that_made_it()
    {
        CodeNode.Waiting requested;
        await using (var node = await CodeNode.OpenAsync(StateKind.Redis)) requested = await node.RequestedAsync(_someone);

        await using var next = await CodeNode.OpenAsync(StateKind.Redis);
        Assert.True((await next.VerifyAsync(requested.SessionToken, requested.Code!)).Succeeded);
    }

    [Fact]
    public async Task Without_Redis_nothing_stands_in_for_it()
    {
        using var server = new RedisServer();
        await server.StartAsync(CodeNode.Ct);
        await using var node = new CodeNode(StateNodes.Open(server.Url), new ManualClock());
        await StateNodes.UntilAsync(() => node.State.PingAsync(CodeNode.Ct));
        var requested = await node.RequestedAsync(_someone);
        server.Stop();
        await StateNodes.UntilAsync(async () => !await node.State.PingAsync(CodeNode.Ct));

        Failure?[] refused =
        [
            (await node.RequestAsync(CodeNode.Someone())).Failure,
            (await node.VerifyAsync(requested.SessionToken, requested.Code!)).Failure,
            (await node.VerifyAsync("not one of ours", "000000")).Failure,
            (await node.Release.UnlockAsync(CodeNamespace.VerifyEmail, _someone, CodeNode.Ct)).Failure,
            (await new CodeSessions(node.State, node.Clock).OpenAsync(CodeNamespace.VerifyEmail, "42", TimeSpan.FromMinutes(15), CodeNode.Ct)).Failure,
            (await new CodeSessions(node.State, node.Clock).TakeAsync(CodeNamespace.VerifyEmail, "token", CodeNode.Ct)).Failure,
        ];
        Assert.All(refused, failure => Assert.Equal((FailureKind.Unavailable, "otp.unavailable"), (failure!.Kind, failure.Code)));
        Assert.Equal(TimeSpan.FromSeconds(30), refused[0]!.RetryAfter);

        await server.StartAsync(CodeNode.Ct);
        await StateNodes.UntilAsync(() => node.State.PingAsync(CodeNode.Ct));
        await node.RequestedAsync(_someone);
    }

    [Fact]
    public async Task Every_outcome_is_counted_and_every_series_is_there_from_the_first_scrape()
    {
        await using var node = await CodeNode.OpenAsync(StateKind.Embedded);
        using var scrape = new Scrape(node.Metrics);
        var text = Text(scrape);
        foreach (var ns in new[] { "verify-email", "verify-phone", "phone-auth", "forgot-password", "add-email", "add-phone" })
        {
            foreach (var result in new[] { "sent", "cooldown", "quota", "locked", "unavailable" }) Holds(text, "requests", ns, result, 0);
            foreach (var result in new[] { "ok", "invalid", "locked" }) Holds(text, "verifications", ns, result, 0);
        }

        var requested = await node.RequestedAsync(_someone);
        await node.RequestAsync(_someone);
        await node.ShutAsync(requested);
        await node.VerifyAsync(requested.SessionToken, requested.Code!);
        await node.RequestAsync(_someone);
        var other = await node.RequestedAsync(CodeNode.Someone());
        await node.VerifyAsync(other.SessionToken, other.Code!);

        text = Text(scrape);
        Holds(text, "requests", "verify-email", "sent", 2);
        Holds(text, "requests", "verify-email", "cooldown", 1);
        Holds(text, "requests", "verify-email", "locked", 1);
        Holds(text, "verifications", "verify-email", "invalid", 5);
        Holds(text, "verifications", "verify-email", "locked", 1);
        Holds(text, "verifications", "verify-email", "ok", 1);
    }

    private static void Holds(string text, string what, string ns, string result, int count) =>
        Assert.Contains($"\nidentity_otp_{what}_total{{namespace=\"{ns}\",result=\"{result}\"}} {count}\n", text, StringComparison.Ordinal);

    private static string Text(Scrape scrape) => System.Text.Encoding.UTF8.GetString(scrape.Write());

    private static async Task LivesAsync(IDatabase redis, string key, int seconds)
    {
        var life = await redis.KeyTimeToLiveAsync(key);
        Assert.InRange(life!.Value, TimeSpan.FromSeconds(seconds) - TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(seconds));
    }
}
