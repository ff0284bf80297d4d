using System.Diagnostics;

namespace Credence.Telemetry;

/// <summary>Where this server's own spans come from. Without a listener, starting one costs nothing and gives null.</summary>
public static class Tracing
{
    /// <summary>The name that exporters subscribe to.</summary>
    public const string SourceName = "Credence";

    /// <summary>Starts spans.</summary>
    public static readonly ActivitySource Source = new(SourceName);

    /// <summary>The trace that what happens now is part of, as W3C <c>traceparent</c> has it, to be kept with what others are told later; null while nobody listens.</summary>
    public static string? Parent => Source.HasListeners() ? Activity.Current?.Id : null;

    /// <summary>Goes on with a trace that was kept.</summary>
    /// <param name="name">The span's name.</param>
    /// <param name="kind">Its place in a conversation.</param>
    /// <param name="parent">What <see cref="Parent"/> said then; null begins no trace.</param>
    public static Activity? GoOn(string name, ActivityKind kind, string? parent) =>
        ActivityContext.TryParse(parent, null, isRemote: true, out var context) ? Source.StartActivity(name, kind, context) : null;

    /// <summary>A span of a question to a store: what it was, and never with what values.</summary>
    public static Activity? AskStore(string system, string operation) =>
        Source.HasListeners()
            ? Source.StartActivity($"{system} {operation}", ActivityKind.Client)?.SetTag("db.system.name", system).SetTag("db.operation.name", operation)
            : null;
}
