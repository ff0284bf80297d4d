using System.Diagnostics;

namespace Credence.Telemetry;

/// <summary>Where this server's own spans come from. Without a listener, starting one costs nothing and gives null.</summary>
public static class Tracing
{
    /// <summary>The name that exporters subscribe to.</summary>
    public const string SourceName = "Credence";

    /// <summary>Starts spans.</summary>
    public static readonly ActivitySource Source = new(SourceName);
}
