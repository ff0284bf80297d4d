using System.Globalization;
using System.Text;

namespace Credence.Outgoing;

/// <summary>The lines of a mail server: answers of one or many, bounded in length and number.</summary>
internal sealed class SmtpLines(Stream stream) : IAsyncDisposable
{
    private const int MostLines = 100;

    private readonly byte[] _buffer = new byte[4096]; // the longest line; RFC 5321 4.5.3.1.5 allows 512
    private int _start;
    private int _end;

    public Stream Stream => stream;

    /// <summary>Whether more came than was read.</summary>
    public bool HasMore => _end > _start;

    public async Task WriteAsync(byte[] bytes, CancellationToken ct)
    {
        await stream.WriteAsync(bytes, ct);
        await stream.FlushAsync(ct);
    }

    /// <summary>Reads one answer (RFC 5321 4.2.1).</summary>
    /// <returns>Its code, and the texts of its lines.</returns>
    public async Task<(int Code, string Text)> AnswerAsync(CancellationToken ct)
    {
        var text = new StringBuilder();
        for (var count = 0; count < MostLines; count++)
        {
            var line = await LineAsync(ct);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code)) break;
            if (text.Length > 0) text.Append('\n');
            if (line.Length > 4) text.Append(line, 4, line.Length - 4);
            if (line.Length == 3 || line[3] == ' ') return (code, text.ToString());
            if (line[3] != '-') break;
        }

        throw new SmtpEndedException(SmtpFailures.NotSmtp);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task<string> LineAsync(CancellationToken ct)
    {
        while (true)
        {
            var end = Array.IndexOf(_buffer, (byte)'\n', _start, _end - _start);
            if (end >= 0)
            {
                var line = Encoding.UTF8.GetString(_buffer, _start, end - _start).TrimEnd('\r');
                _start = end + 1;
                return line;
            }

            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = _end == _buffer.Length ? 0 : await stream.ReadAsync(_buffer.AsMemory(_end), ct);
            if (read == 0) throw new SmtpEndedException(SmtpFailures.NotSmtp);
            _end += read;
        }
    }
}
