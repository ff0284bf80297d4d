using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Credence.Consent;
using Credence.Organizations;
using Credence.Policies;
using Credence.Server.Operations.Prometheus;
using Credence.Storage;
using Credence.Telemetry;
using Credence.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Credence.Tests.Policies;

/// <summary>An external engine that answers well, badly, late and never (contract grantex-core 10).</summary>
public sealed class OpaTests
{
    private static OpaAnswer Unusable => default;

    private static PolicyQuestion Question => new(default, "ag_1", "ada \"\\ é", ["read", "write"], DateTimeOffset.UnixEpoch);

    private static PolicyOptions Options(string url, TimeSpan? timeout = null, bool fallBack = false) =>
        new() { Engine = PolicyEngine.Opa, OpaUrl = url, FallBackToBuiltin = fallBack, OpaTimeout = timeout ?? TimeSpan.FromSeconds(5) };

    private static async Task<OpaAnswer> AskAsync(PolicyOptions options)
    {
        using var metrics = new Metrics();
        using var opa = new Opa(options, metrics, NullLogger<Opa>.Instance);
        return await opa.AskAsync(Question, World.Ct);
    }

    [Fact]
    public async Task It_is_asked_in_its_own_protocol()
    {
        string? asked = null;
        await using var stand = await OpaStandIn.StartAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            asked = $"{http.Request.Method} {http.Request.Path} {http.Request.ContentType} {await reader.ReadToEndAsync()}";
            await http.Response.WriteAsync("{}");
        });

        await AskAsync(Options(stand.Url));

        const string Wanted =
            """POST /v1/data/grantex/authz application/json {"input":{"agent_id":"ag_1","principal_id":"ada \u0022\\ \u00E9",""" +
            """
            "scopes":["read","write"],"developer_id":"ORG"}}
            """;
        Assert.Equal(Wanted.Replace("ORG", default(Id<Organization>).ToString(), StringComparison.Ordinal), asked);
    }

    [Theory]
    [InlineData("""{"result":{"allow":true}}""", true, PolicyEffect.Allow)]
    [InlineData("""{"result":{"allow":false,"reason":"because"},"decision_id":"1"}""", true, PolicyEffect.Deny)]
    [InlineData("""{"result":{}}""", true, null)]
    [InlineData("""{}""", true, null)]
    [InlineData("""{"result":{"allow":"true"}}""", false, null)]
    [InlineData("""{"result":{"allow":1}}""", false, null)]
    [InlineData("""{"result":{"allow":null}}""", false, null)]
    [InlineData("""{"result":true}""", false, null)]
    [InlineData("""{"result":null}""", false, null)]
    [InlineData("""{"result":{"allow":true,"allow":false}}""", false, null)]
    [InlineData("""[]""", false, null)]
    [InlineData("""true""", false, null)]
    [InlineData("""{"result":{"allow":true}""", false, null)]
    [InlineData("", false, null)]
    [InlineData("<html>Bad gateway</html>", false, null)]
    public async Task Only_a_boolean_at_result_allow_decides(string answer, bool answered, PolicyEffect? effect)
    {
        await using var stand = await OpaStandIn.StartAsync(http => http.Response.WriteAsync(answer));
        Assert.Equal(new OpaAnswer(answered, effect), await AskAsync(Options(stand.Url)));
    }

    [Fact]
    public async Task It_can_be_tried_without_asking_about_anybody()
    {
        string? asked = null;
        await using var stand = await OpaStandIn.StartAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            asked = await reader.ReadToEndAsync();
            await http.Response.WriteAsync("{}");
        });
        using var metrics = new Metrics();
        using (var opa = new Opa(Options(stand.Url), metrics, NullLogger<Opa>.Instance)) Assert.Equal(new OpaAnswer(true, null), (await opa.TryAsync(World.Ct)).Value);
        Assert.Equal("""{"input":{}}""", asked);

        using var away = new Opa(Options($"http://127.0.0.1:{ServerProcess.FreePort()}"), metrics, NullLogger<Opa>.Instance);
        Assert.Equal("unreachable", (await away.TryAsync(World.Ct)).Failure!.Code);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(404)]
    [InlineData(401)]
    [InlineData(302)]
    public async Task Any_other_status_than_success_is_a_failure(int status)
    {
        await using var stand = await OpaStandIn.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = "/elsewhere";
            return http.Response.WriteAsync("""{"result":{"allow":true}}""");
        });
        Assert.Equal(Unusable, await AskAsync(Options(stand.Url)));
        Assert.Equal(1, stand.Requests); // a redirect is not followed
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_is_too_large_is_not_taken_however_good_it_is(bool saysHowLong)
    {
        await using var stand = await OpaStandIn.StartAsync(async http =>
        {
            var answer = Encoding.ASCII.GetBytes("""{"result":{"allow":true}}""" + new string(' ', 1_000_000));
            if (saysHowLong) http.Response.ContentLength = answer.Length;
            await http.Response.Body.WriteAsync(answer, http.RequestAborted);
        });
        Assert.Equal(Unusable, await AskAsync(Options(stand.Url)));
    }

    /// <summary>Says nothing, stops in the middle of the head, or in the middle of the body.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n{\"result\":")]
    public async Task One_that_does_not_finish_is_waited_for_as_long_as_the_timeout_says(string sent)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = ServeAsync();
        var started = Stopwatch.GetTimestamp();

        Assert.Equal(Unusable, await AskAsync(Options($"http://{listener.LocalEndpoint}", TimeSpan.FromMilliseconds(300))));

        Assert.True(Stopwatch.GetElapsedTime(started) >= TimeSpan.FromMilliseconds(250), "it was waited for");
        using var client = await served;

        async Task<TcpClient> ServeAsync()
        {
            var accepted = await listener.AcceptTcpClientAsync(World.Ct);
            await accepted.GetStream().WriteAsync(Encoding.ASCII.GetBytes(sent), World.Ct);
            return accepted;
        }
    }

    [Fact]
    public async Task One_that_is_not_there_is_a_failure() =>
        Assert.Equal(Unusable, await AskAsync(Options($"http://127.0.0.1:{ServerProcess.FreePort()}")));

    [Fact]
    public async Task A_connection_is_kept_and_one_that_was_closed_meanwhile_is_no_failure()
    {
        var cut = false;
        await using var stand = await OpaStandIn.StartAsync(http =>
        {
            if (!cut) return http.Response.WriteAsync("""{"result":{"allow":true}}""");
            cut = false;
            http.Abort();
            return Task.CompletedTask;
        });
        using var metrics = new Metrics();
        using var opa = new Opa(Options(stand.Url), metrics, NullLogger<Opa>.Instance);

        for (var question = 0; question < 5; question++) Assert.Equal(PolicyEffect.Allow, (await opa.AskAsync(Question, World.Ct)).Effect);
        Assert.Equal(1, stand.Connections);

        cut = true;
        Assert.Equal(PolicyEffect.Allow, (await opa.AskAsync(Question, World.Ct)).Effect);
        Assert.Equal(2, stand.Connections);
    }

    [Fact]
    public async Task Who_asked_may_give_up()
    {
        await using var stand = await OpaStandIn.StartAsync(http => Task.Delay(Timeout.Infinite, http.RequestAborted));
        using var metrics = new Metrics();
        using var opa = new Opa(Options(stand.Url), metrics, NullLogger<Opa>.Instance);
        using var gone = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opa.AskAsync(Question, gone.Token));
    }

    [Fact]
    public async Task Each_outcome_is_counted()
    {
        var answer = """{"result":{"allow":true}}""";
        await using var stand = await OpaStandIn.StartAsync(http => http.Response.WriteAsync(answer));
        using var metrics = new Metrics();
        using var scrape = new Scrape(metrics);
        using var opa = new Opa(Options(stand.Url), metrics, NullLogger<Opa>.Instance);
        await opa.AskAsync(Question, World.Ct);
        answer = "nonsense";
        await opa.AskAsync(Question, World.Ct);
        await stand.DisposeAsync();
        await opa.AskAsync(Question, World.Ct);

        var text = Encoding.UTF8.GetString(scrape.Write());
        Assert.All(
            ["success", "malformed", "unreachable"],
            status => Assert.Contains($"grantex_policy_engine_total{{status=\"{status}\"}} 1\n", text, StringComparison.Ordinal));
    }

    [Theory, EachEngine]
    public async Task It_decides_in_the_place_of_the_organizations_rules(EngineKind engine)
    {
        var answer = """{"result":{"allow":true}}""";
        await using var stand = await OpaStandIn.StartAsync(http => http.Response.WriteAsync(answer));
        await using var world = await World.OnAsync(engine, policies: Options(stand.Url));
        await world.Get<CreatePolicy>().RunAsync(world.Caller, new("never asked", PolicyEffect.Deny, 0, PolicyTerms.None), World.Ct);

        Assert.Equal(ConsentProof.Policy, (await AskAsync(world)).Value.Request.Proof);
        Assert.Equal(1, await world.AuditedAsync("consent.approved", "\"actor\":\"opa\""));
        answer = """{"result":{"allow":false}}""";
        Assert.Equal(PolicyFailures.Denied, (await AskAsync(world)).Failure);
        answer = "{}";
        Assert.Null((await AskAsync(world)).Value.Request.Proof);
    }

    [Theory, EachEngine]
    public async Task Its_failure_denies_unless_the_operator_lets_the_rules_decide_then(EngineKind engine)
    {
        var nobody = $"http://127.0.0.1:{ServerProcess.FreePort()}";
        await using var strict = await World.OnAsync(engine, policies: Options(nobody));
        Assert.Equal(PolicyFailures.Denied, (await AskAsync(strict)).Failure);

        await using var lenient = await World.OnAsync(engine, policies: Options(nobody, fallBack: true));
        Assert.Null((await AskAsync(lenient)).Value.Code);
        await lenient.Get<CreatePolicy>().RunAsync(lenient.Caller, new("asked after all", PolicyEffect.Allow, 0, PolicyTerms.None), World.Ct);
        Assert.NotNull((await AskAsync(lenient)).Value.Code);
    }

    private static Task<Result<RequestConsent.Output>> AskAsync(World world) =>
        world.Get<RequestConsent>().RunAsync(
            world.Caller, new(world.Agent.Id.ToString(), "ada", ["email:send"], null, null, null, TimeSpan.FromHours(1), null), World.Ct);
}
