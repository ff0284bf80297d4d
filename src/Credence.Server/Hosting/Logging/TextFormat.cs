using System.Buffers;
using System.Globalization;
using System.Text;

namespace Credence.Server.Hosting.Logging;

/// <summary>For people: the time, the level, the message, the fields; a request is its combined-format line and nothing else.</summary>
internal sealed class TextFormat : LineFormat
{
    /// <inheritdoc/>
    public override void Write(LogLine line, IBufferWriter<byte> to)
    {
        var text = new StringBuilder(128);
        if (line.Event.Id == HostLog.RequestLineId)
        {
            text.Append(line.Message);
        }
        else
        {
            text.Append(line.At.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)).Append(' ').Append(line.LevelWord.PadRight(5)).Append(' ');
            text.Append(line.Message.ReplaceLineEndings(" "));
            if (line.IsEvent)
            {
                foreach (var (name, value) in line.NamedFields()) LogfmtFormat.Append(text, name, value!); // other messages name their values themselves
            }

            if (line.Error is { } error) text.Append('\n').Append(error);
        }

        text.Append('\n');
        Encoding.UTF8.GetBytes(text.ToString(), to);
    }
}
