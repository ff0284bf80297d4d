using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Logging;

/// <summary>The log's registration.</summary>
internal static class LoggingRoom
{
    /// <summary>Writes lines as the settings say; of the framework only what is a warning or worse.</summary>
    public static void AddLines(this ILoggingBuilder logging, SettingValues settings, Stream output)
    {
        var level = settings.Of(TelemetrySettings.Level);
        var framework = level > LogLevel.Warning ? level : LogLevel.Warning;
        logging.ClearProviders();
        logging.SetMinimumLevel(level);
        logging.AddFilter("Microsoft", framework);
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None); // it says what the request's own line says, and while it may, each request costs an Activity
        logging.AddFilter("System", framework);
        logging.AddFilter("Npgsql", framework);
        logging.Services.AddSingleton<ILoggerProvider>(services => new LineLoggerProvider(
            LineFormat.Named(settings.Of(TelemetrySettings.LogFormat)),
            new LineWriter(output),
            services.GetRequiredService<TimeProvider>()));
    }
}
