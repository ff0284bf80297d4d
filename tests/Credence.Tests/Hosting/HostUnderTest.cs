using Credence.Server.Hosting;
using Credence.Server.Hosting.Settings;
using Credence.Server.Hosting.Start;
using Credence.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace Credence.Tests.Hosting;

/// <summary>The whole server in this process, on a loopback port, over an SQLite file of its own.</summary>
internal sealed class HostUnderTest : IAsyncDisposable
{
    private readonly TempFolder _folder;

    private HostUnderTest(TempFolder folder, WebApplication app, int port)
    {
        _folder = folder;
        App = app;
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    /// <summary>The application.</summary>
    public WebApplication App { get; }

    /// <summary>Speaks to it.</summary>
    public HttpClient Client { get; }

    /// <summary>Takes the start's steps, after <paramref name="map"/> had a chance to add routes.</summary>
    public static async Task<HostUnderTest> StartAsync(Action<WebApplication>? map = null, params (string Name, string Value)[] settings)
    {
        var folder = new TempFolder();
        var port = ServerProcess.FreePort();
        var environment = ServerProcess.Embedded(folder.Path);
        environment["PORT"] = $"{port}";
        environment["LOG_LEVEL"] = "fatal";
        environment["FIDO_RP_ID"] = SoftAuthenticator.RelyingPartyId;
        environment["FIDO_ORIGIN"] = SoftAuthenticator.Origin;
        foreach (var (name, value) in settings) environment[name] = value;

        var values = SettingValues.Read(environment);
        Assert.Empty(SettingRules.Problems(values));
        var app = CredenceServer.Build(values);
        map?.Invoke(app);
        foreach (var step in StartSteps.BeforeListening) await step.RunAsync(app.Services, CancellationToken.None);
        await app.StartAsync();
        return new HostUnderTest(folder, app, port);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.StopAsync();
        await App.DisposeAsync();
        _folder.Dispose();
    }
}
