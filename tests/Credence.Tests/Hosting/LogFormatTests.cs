using System.Text;
using Credence.Server.Hosting;
using Credence.Server.Hosting.Logging;
using Credence.Server.Hosting.Requests;
using Credence.Telemetry;
using Credence.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Credence.Tests.Hosting;

/// <summary>The exact lines of each format, under a clock that stands still (contract operations O35 to O38).</summary>
public sealed class LogFormatTests
{
    [Fact]
    public void Json_gives_an_event_its_fields_in_documented_names() =>
        Assert.Equal(
            """{"level":"info","time":1772366400000,"timestamp":"2026-03-01T12:00:00.000Z","msg":"grant.created","grantId":"grnt_1","agentId":"ag_1","principalId":"user \"é\"","scopes":["a:b","c"],"latencyMs":12}""",
            Line("json", log => Log.GrantCreated(log, "grnt_1", "ag_1", "user \"é\"", ["a:b", "c"], 12)));

    [Fact]
    public async Task Lines_of_a_request_carry_its_id_and_events_repeat_it()
    {
        var lines = new List<string>();
        var context = new DefaultHttpContext();
        await new RequestId(_ =>
        {
            lines.Add(Line("logfmt", log => Log.TokenRefreshed(log, "g", "a")));
            lines.Add(Line("logfmt", log => HostLog.Listening(log, 3001)));
            return Task.CompletedTask;
        }).InvokeAsync(context);
        var id = context.TraceIdentifier;
        Assert.Equal(
            [
                $"level=info time=1772366400000 timestamp=2026-03-01T12:00:00.000Z reqId={id} requestId={id} msg=token.refreshed grantId=g agentId=a",
                $"level=info time=1772366400000 reqId={id} msg=\"Credence listening on port 3001\" port=3001",
            ],
            lines);
    }

    [Fact]
    public void Json_gives_a_request_its_time_method_route_and_status() =>
        Assert.Equal(
            """{"level":"info","time":1772366400000,"msg":"request completed","responseTime":1.5,"method":"GET","route":"/v1/grants/{id}","statusCode":200}""",
            Line("json", log => HostLog.RequestCompleted(log, 1.5, "GET", "/v1/grants/{id}", 200)));

    [Fact]
    public void Json_puts_an_exception_into_err()
    {
        var line = Line("json", log => HostLog.Unhandled(log, new InvalidOperationException("no\nway")));
        Assert.StartsWith(
            """{"level":"error","time":1772366400000,"msg":"unhandled exception","err":{"type":"System.InvalidOperationException","message":"no\nway","stack":""",
            line, StringComparison.Ordinal);
    }

    [Fact]
    public void Logfmt_gives_the_same_fields() =>
        Assert.Equal(
            """level=warn time=1772366400000 timestamp=2026-03-01T12:00:00.000Z msg=authorize.denied agentId=ag_1 principalId="a \"b\"=\n" reason=expired""",
            Line("logfmt", log => Log.AuthorizeDenied(log, "ag_1", "a \"b\"=\n", "expired")));

    [Fact]
    public void A_documented_name_with_a_dot_is_written_with_it() =>
        Assert.Equal(
            "level=info time=1772366400000 timestamp=2026-03-01T12:00:00.000Z msg=otp.requested otp.namespace=verify-email result=sent",
            Line("logfmt", log => Log.OtpRequested(log, "verify-email", "sent")));

    [Fact]
    public void Text_is_for_people() =>
        Assert.Equal(
            "12:00:00.000 warn  rate_limit.hit ip=192.0.2.1 endpoint=/v1/token retryAfter=7",
            Line("text", log => Log.RateLimitHit(log, "192.0.2.1", "/v1/token", 7)));

    [Fact]
    public void Text_writes_a_request_as_its_combined_line_alone() =>
        Assert.Equal("192.0.2.1 - - [x]", Line("text", log => HostLog.RequestLine(log, "192.0.2.1 - - [x]")));

    [Theory]
    [InlineData("json")]
    [InlineData("logfmt")]
    [InlineData("text")]
    public void What_a_caller_sends_never_makes_a_second_line(string format)
    {
        var line = Line(format, log => Log.TokenVerificationFailed(log, "bad\r\nlevel=fatal", "\n{}"));
        Assert.Equal(-1, line.AsSpan().IndexOfAny('\n', '\r'));
    }

    [Fact]
    public void Levels_have_the_documented_words()
    {
        string[] words =
        [
            Line("logfmt", log => Log.TokenExchanged(log, "g", "a")),
            Line("logfmt", log => Log.TokenVerificationFailed(log, "expired", null)),
            Line("logfmt", log => Log.DatabaseError(log, "gone", "postgres")),
            Line("logfmt", log => HostLog.StartFailed(log, "database", "gone", null)),
        ];
        Assert.Equal(["level=info", "level=warn", "level=error", "level=fatal"], words.Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void Every_event_has_its_documented_name_level_and_fields()
    {
        var lines = new List<string>
        {
            Line("logfmt", log => Log.GrantRevoked(log, "g", "dev", 2)),
            Line("logfmt", log => Log.TokenExchanged(log, "g", "a")),
            Line("logfmt", log => Log.TokenRefreshed(log, "g", "a")),
            Line("logfmt", log => Log.TokenVerificationFailed(log, "expired", "tok_1")),
            Line("logfmt", log => Log.AnomalyDetected(log, "rate_spike", "high", "ag_1")),
            Line("logfmt", log => Log.DatabaseError(log, "gone", "postgres")),
        };
        const string At = "time=1772366400000 timestamp=2026-03-01T12:00:00.000Z msg=";
        Assert.Equal(
            [
                $"level=info {At}grant.revoked grantId=g revokedBy=dev cascadeCount=2",
                $"level=info {At}token.exchanged grantId=g agentId=a",
                $"level=info {At}token.refreshed grantId=g agentId=a",
                $"level=warn {At}token.verification_failed reason=expired tokenId=tok_1",
                $"level=warn {At}anomaly.detected type=rate_spike severity=high agentId=ag_1",
                $"level=error {At}database.error error=gone pool=postgres",
            ],
            lines);
    }

    [Fact]
    public void A_message_that_is_given_up_is_logged_with_its_namespace()
    {
        var line = Line("logfmt", log => Log.MessageGivenUp(log, "mail", "verify-email", "msg_1", 4, "smtp.refused", "no", "verify-email"));
        Assert.EndsWith("msg=message.given_up channel=mail template=verify-email messageId=msg_1 attempts=4 error=smtp.refused detail=no otp.namespace=verify-email", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_that_nobody_takes_are_dropped_and_counted()
    {
        using var slow = new GatedStream();
        using (var writer = new LineWriter(slow, capacity: 2))
        {
            for (var line = 0; line < 100; line++) writer.Write("x\n"u8.ToArray());
            slow.Open();
        }

        var text = Encoding.UTF8.GetString(slow.ToArray());
        Assert.Contains("log lines were dropped", text, StringComparison.Ordinal);
        Assert.True(text.Split('\n').Count(line => line == "x") < 100);
    }

    private static string Line(string format, Action<ILogger> write)
    {
        using var output = new MemoryStream();
        using (var provider = new LineLoggerProvider(LineFormat.Named(format), new LineWriter(output), new ManualClock())) write(provider.CreateLogger("test"));
        var text = Encoding.UTF8.GetString(output.ToArray());
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return text[..^1];
    }

    /// <summary>Takes nothing until it is opened.</summary>
    private sealed class GatedStream : MemoryStream
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open() => _open.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await _open.Task;
            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
