using System.Net;
using Credence.Server.Operations;
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
        while (!holds()) await Task.Delay(10, Ct);
    }
}
