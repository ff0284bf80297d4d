using System.Buffers;
using Credence.Server.Hosting.Requests;

namespace Credence.Server.Hosting.Logging;

/// <summary>Writes every message as one line, with the id of the request it belongs to.</summary>
[ProviderAlias("Lines")]
internal sealed class LineLoggerProvider(LineFormat format, LineWriter writer, TimeProvider clock) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineLogger(this);

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();

    private void Write<TState>(LogLevel level, EventId id, TState state, Exception? error, Func<TState, Exception?, string> message)
    {
        var fields = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        var line = new LogLine(clock.GetUtcNow(), level, id, message(state, error), fields, RequestId.Current, error);
        var buffer = new ArrayBufferWriter<byte>(256);
        format.Write(line, buffer);
        writer.Write(buffer.WrittenSpan.ToArray());
    }

    private sealed class LineLogger(LineLoggerProvider provider) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) provider.Write(logLevel, eventId, state, exception, formatter);
        }
    }
}
