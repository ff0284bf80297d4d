using System.Buffers;

namespace Credence.Server.Hosting.Logging;

/// <summary>A way of writing log lines: <c>LOG_FORMAT</c> (contract operations O35).</summary>
internal abstract class LineFormat
{
    /// <summary>The format that the setting names.</summary>
    public static LineFormat Named(string name) => name switch
    {
        "json" => new JsonFormat(),
        "logfmt" => new LogfmtFormat(),
        _ => new TextFormat(),
    };

    /// <summary>Writes the line and its line end as UTF-8.</summary>
    public abstract void Write(LogLine line, IBufferWriter<byte> to);
}
