using System.Net;
using Credence.Telemetry;
using Credence.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace Credence.Tests.Hosting;

/// <summary>Traces (contract operations O11).</summary>
public sealed class TraceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Spans_are_sent_where_the_setting_says_and_named_by_template()
    {
        using var collector = new HttpListener();
        var address = $"http://127.0.0.1:{ServerProcess.FreePort()}";
        collector.Prefixes.Add(address + "/");
        collector.Start();
        var received = ReceiveAsync(collector);
        await using (var host = await HostUnderTest.StartAsync(
            app => app.MapGet("/things/{id}", () => Tracing.Source.StartActivity("our own span")?.Dispose()), ("OTEL_EXPORTER_OTLP_ENDPOINT", address)))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/things/1?token=Hunter2");
            request.Headers.Add("traceparent", "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01"); // this process is the client too, and its own spans begin no trace
            using var response = await host.Client.SendAsync(request, Ct);
        } // the stop flushes

        var (path, body) = await received.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Assert.Equal("/v1/traces", path);
        Assert.Contains("GET /things/{id}", body, StringComparison.Ordinal);
        Assert.Contains("our own span", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Hunter2", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_setting_nobody_listens_to_spans_and_a_request_costs_none()
    {
        var traced = false;
        System.Diagnostics.Activity? current = null;
        await using var host = await HostUnderTest.StartAsync(app => app.MapGet("/traced", () =>
        {
            traced = Tracing.Source.HasListeners();
            current = System.Diagnostics.Activity.Current;
        }));
        using var response = await host.Client.GetAsync("/traced", Ct);
        Assert.False(traced);
        Assert.Null(current);
        Assert.Null(Tracing.Parent);
    }

    private static async Task<(string Path, string Body)> ReceiveAsync(HttpListener collector)
    {
        var call = await collector.GetContextAsync();
        using var reader = new StreamReader(call.Request.InputStream, System.Text.Encoding.Latin1); // protobuf: the names in it are plain ASCII
        var body = await reader.ReadToEndAsync();
        call.Response.Close();
        return (call.Request.Url!.AbsolutePath, body);
    }
}
