using System.Text;
using Credence.Server.Hosting.Logging;
using Credence.Server.Hosting.Requests;
using Credence.Server.Hosting.Settings;
using Credence.Server.Hosting.Start;
using Credence.Server.Operations;
using Credence.Server.Workers;
using Credence.State;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Credence.Server.Hosting;

/// <summary>The server, put together: rooms, listener, and the way of a request through the host to the doors.</summary>
internal static class CredenceServer
{
    private const int LargestBody = 1_048_576; // design D11

    /// <summary>Bytes of a header that are no UTF-8 are read as signs that match nothing: the door refuses them in its own words, where the listener would with a bare 400.</summary>
    private static readonly UTF8Encoding AnyBytes = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    /// <summary>Builds it. Nothing is opened and nothing listens yet.</summary>
    public static WebApplication Build(SettingValues settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = settings.Of(ProcessSettings.Environment).ToString() });
        builder.Logging.AddLines(settings, Console.OpenStandardOutput());
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "").UseSetting(WebHostDefaults.HttpPortsKey, ""); // PORT and HOST decide
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, settings));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(settings.Of(ProcessSettings.ShutdownTimeoutMs)));

        builder.Services
            .AddSingleton(TimeProvider.System)
            .AddSingleton(settings)
            .AddSingleton<Metrics>()
            .AddSingleton<TraceExport>()
            .AddSingleton<DatabaseStart>()
            .AddStorage(settings.Of(StoreSettings.DatabaseUrl)!, settings.Of(StoreSettings.PoolMax))
            .AddState(settings.Of(StoreSettings.RedisUrl), settings.Of(LimitSettings.SharedRateLimits))
            .AddRoomOptions(settings)
            .AddCore()
            .AddOperations()
            .AddWorkers()
            .AddDoors(settings);

        var app = builder.Build();
        if (settings.Of(TelemetrySettings.MetricsEnabled)) Gauges.Follow(app.Services);
        UseHost(app, settings);
        Doors.Map(app, settings);
        return app;
    }

    /// <summary>The way of a request before it reaches a door; routing comes last, so that health answers without it.</summary>
    private static void UseHost(WebApplication app, SettingValues settings)
    {
        var services = app.Services;
        if (settings.Of(NetworkSettings.TrustProxy) is { } proxies)
        {
            app.Use(PeerAddress.KeepAsync); // before it is replaced by the one that a proxy names
            app.UseForwardedHeaders(Forwarded(proxies));
        }

        app.Use(next => new RequestId(next).InvokeAsync);
        app.Use(next => new AnswerHeaders(next, services.GetRequiredService<Cors>()).InvokeAsync);
        app.Use(next => new RequestRecord(
            next, Recording(settings), services.GetRequiredService<Metrics>(), services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<RequestRecord>>()).InvokeAsync);
        app.Use(next => new Failures(next, services.GetRequiredService<Db>(), services.GetRequiredService<ILogger<Failures>>()).InvokeAsync);
        app.Use(next => new OperationsDoor(
            next, services.GetRequiredService<Health>(), services.GetRequiredService<Readiness>(),
            settings.Of(TelemetrySettings.MetricsEnabled) ? services.GetRequiredService<MetricsApi>() : null,
            settings.Of(TelemetrySettings.MetricsBind) is not null).InvokeAsync);
        app.UseRouting();
    }

    private static void Listen(KestrelServerOptions kestrel, SettingValues settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.RequestHeaderEncodingSelector = _ => AnyBytes;
        kestrel.Limits.MaxRequestBodySize = LargestBody;
        kestrel.Listen(settings.Of(NetworkSettings.Host), settings.Of(NetworkSettings.Port));
        if (settings.Of(TelemetrySettings.MetricsBind) is { } metrics) kestrel.Listen(metrics, MetricsListener.MarkConnections);
    }

    private static RequestRecordOptions Recording(SettingValues settings) => new(
        Combined: settings.Of(TelemetrySettings.LogFormat) == "text",
        Quiet: settings.Of(ProcessSettings.NodeEnvironment) == "test");

    /// <summary>With hops, the last n addresses of the header are proxies' words; with networks, as many as come from a known proxy.</summary>
    private static ForwardedHeadersOptions Forwarded(TrustedProxies proxies)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = proxies.Hops,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in proxies.Networks) options.KnownIPNetworks.Add(network);
        return options;
    }
}
