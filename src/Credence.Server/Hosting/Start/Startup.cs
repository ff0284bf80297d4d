using System.Runtime.InteropServices;
using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Start;

/// <summary>Takes the server through its life: the steps of the start, the wait, the stop.</summary>
internal static class Startup
{
    /// <summary>Runs until a signal ends it.</summary>
    /// <returns>The exit code: 0 after a stop, 1 when a step of the start failed (contract operations O15, O18).</returns>
    public static async Task<int> RunAsync(WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Startup));
        var stopping = app.Lifetime.ApplicationStopping;
        stopping.Register(() => HostLog.ShuttingDown(log));
        if (!await StartAsync(app, log)) return stopping.IsCancellationRequested ? 0 : 1;

        var settings = app.Services.GetRequiredService<SettingValues>();
        if (settings.Legacy is not null) HostLog.LegacyMode(log);
        if (settings.IsSet(ForwardAuthSettings.JwtSecret)) HostLog.SecretIgnored(log);
        HostLog.Listening(log, settings.Of(NetworkSettings.Port));
        if (AreMetricsOpen(settings)) HostLog.OpenMetrics(log);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true); // what only the start needed goes back to the system
        await app.WaitForShutdownAsync(CancellationToken.None);
        return 0;
    }

    /// <summary>Logs why a step failed, in one line with the step's name.</summary>
    public static void Report(ILogger log, string step, Exception error) =>
        HostLog.StartFailed(log, step, error.Message, Unexplained(error));

    /// <summary>The error itself, with its stack, unless its message says all there is to say.</summary>
    public static Exception? Unexplained(Exception error) => error is StartRefusedException or IOException or InvalidDataException ? null : error;

    private static bool AreMetricsOpen(SettingValues settings) =>
        settings.Of(ProcessSettings.Environment) == Deployment.Production && settings.Of(TelemetrySettings.MetricsEnabled)
        && settings.Of(TelemetrySettings.MetricsBind) is null && settings.Of(TelemetrySettings.MetricsApiKey) is null;

    private static async Task<bool> StartAsync(WebApplication app, ILogger log)
    {
        // Until the host runs nobody else listens to signals, and waiting for a database may take long.
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        var stopping = app.Lifetime.ApplicationStopping;
        foreach (var step in StartSteps.BeforeListening.Append(new("HTTP listener", (_, ct) => app.StartAsync(ct))))
        {
            try
            {
                await step.RunAsync(app.Services, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return false;
            }
            catch (Exception error)
            {
                Report(log, step.Name, error);
                return false;
            }
        }

        return true;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            app.Lifetime.StopApplication();
        }
    }
}
