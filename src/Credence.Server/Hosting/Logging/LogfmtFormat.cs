using System.Buffers;
using System.Globalization;
using System.Text;

namespace Credence.Server.Hosting.Logging;

/// <summary>The same fields as <see cref="JsonFormat"/>, as <c>level=error msg="…"</c> (contract operations O35).</summary>
internal sealed class LogfmtFormat : LineFormat
{
    /// <inheritdoc/>
    public override void Write(LogLine line, IBufferWriter<byte> to)
    {
        var text = new StringBuilder(256);
        Append(text, "level", line.LevelWord);
        Append(text, "time", line.At.ToUnixTimeMilliseconds());
        if (line.IsEvent) Append(text, "timestamp", line.At.Iso());
        if (line.RequestId is { } id)
        {
            Append(text, "reqId", id);
            if (line.IsEvent) Append(text, "requestId", id);
        }

        Append(text, "msg", line.Message);
        foreach (var (name, value) in line.NamedFields()) Append(text, name, value!);
        if (line.Error is { } error) Append(text, "err", error.ToString());
        text.Append('\n');
        Encoding.UTF8.GetBytes(text.ToString(), to);
    }

    /// <summary>Appends <c> name=value</c>, quoted where a space, a quote, an equals sign or a control character would end the value early.</summary>
    internal static void Append(StringBuilder text, string name, object value)
    {
        var word = value switch
        {
            bool flag => flag ? "true" : "false",
            IEnumerable<string> texts => string.Join(',', texts),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        if (text.Length > 0) text.Append(' ');
        text.Append(name).Append('=');
        if (word.Length > 0 && !word.Any(character => character is <= ' ' or '"' or '=' or '\\' or '\u007f'))
        {
            text.Append(word);
            return;
        }

        text.Append('"');
        foreach (var character in word)
        {
            switch (character)
            {
                case '"' or '\\': text.Append('\\').Append(character); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                case '\t': text.Append("\\t"); break;
                case < ' ' or '\u007f': text.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture)); break;
                default: text.Append(character); break;
            }
        }

        text.Append('"');
    }
}
