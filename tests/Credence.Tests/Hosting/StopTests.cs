using System.Net;
using Credence.Server.Hosting;
using Credence.Server.Hosting.Settings;
using Credence.Server.Hosting.Start;
using Credence.Server.Operations;
using Credence.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.Tests.Hosting;

/// <summary>The graceful stop (contract operations O18).</summary>
public sealed class StopTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_in_flight_finish_while_the_node_says_it_is_not_ready_and_takes_no_more()
    {
        var arrived = new CountdownEvent(20);
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await HostUnderTest.StartAsync(app => app.MapGet("/slow", async () =>
        {
            arrived.Signal();
            await finish.Task;
            return "whole";
        }));

        var inFlight = Enumerable.Range(0, 20).Select(_ => host.Client.GetStringAsync("/slow", Ct)).ToList();
        Assert.True(await Task.Run(() => arrived.Wait(TimeSpan.FromSeconds(30), Ct), Ct));
        var stopped = host.App.StopAsync(Ct);
        await Until(() => host.App.Lifetime.ApplicationStopping.IsCancellationRequested);

        var probe = new DefaultHttpContext { RequestServices = host.App.Services, Response = { Body = new MemoryStream() } };
        await host.App.Services.GetRequiredService<Readiness>().ReadyAsync(probe);
        Assert.Equal((int)HttpStatusCode.ServiceUnavailable, probe.Response.StatusCode);
        await Until(() => Refuses(host.Client.BaseAddress!));

        finish.SetResult();
        Assert.All(await Task.WhenAll(inFlight), body => Assert.Equal("whole", body));
        await stopped;
    }

    [Fact]
    public async Task A_request_that_never_ends_holds_up_the_stop_no_longer_than_the_setting_says()
    {
        using var folder = new TempFolder();
        var environment = ServerProcess.Embedded(folder.Path);
        environment["PORT"] = $"{ServerProcess.FreePort()}";
        environment["SHUTDOWN_TIMEOUT_MS"] = "200";
        environment["LOG_LEVEL"] = "fatal";
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = CredenceServer.Build(SettingValues.Read(environment));
        app.MapGet("/endless", async (HttpContext context) =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var life = Startup.RunAsync(app);
        await Until(() => app.Lifetime.ApplicationStarted.IsCancellationRequested);
        using var client = new HttpClient();
        var request = client.GetAsync($"http://127.0.0.1:{environment["PORT"]}/endless", Ct);
        await arrived.Task.WaitAsync(Ct);

        app.Lifetime.StopApplication();
        Assert.Equal(0, await life.WaitAsync(TimeSpan.FromSeconds(20), Ct));
        await Assert.ThrowsAsync<HttpRequestException>(() => request);
    }

    private static bool Refuses(Uri address)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        try
        {
            socket.Connect(address.Host, address.Port);
            return false;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return true;
        }
    }

    private static async Task Until(Func<bool> holds)
    {
        for (var look = 0; look < 3000 && !holds(); look++) await Task.Delay(10, Ct);
        Assert.True(holds());
    }
}
