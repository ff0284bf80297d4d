using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Credence.Bench;

/// <summary>
/// One keep-alive connection that sends finished bytes and reads the answer: a load generator shares the machine with what it measures, so it does
/// as little as it can.
/// </summary>
internal sealed class HttpLine : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[16 * 1024];

    /// <summary>The answer's status.</summary>
    public int Status { get; private set; }

    /// <summary>The answer's body, until the next request.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Opens it.</summary>
    public static async Task<HttpLine> OpenAsync(int port, CancellationToken ct)
    {
        var line = new HttpLine();
        await line._socket.ConnectAsync(IPAddress.Loopback, port, ct);
        return line;
    }

    /// <summary>The bytes of a request; with a body, one of JSON.</summary>
    public static byte[] Request(string method, string path, string? apiKey = null, string? json = null) => Request(method, path, apiKey, "application/json", json);

    /// <summary>The bytes of a form that is posted.</summary>
    public static byte[] Form(string path, string form, string? bearer = null) => Request("POST", path, bearer, "application/x-www-form-urlencoded", form);

    /// <summary>Sends a request and reads its answer, which must have the status that is wanted: a figure with failures in it says nothing.</summary>
    public async ValueTask AskAsync(ReadOnlyMemory<byte> request, int wanted, CancellationToken ct)
    {
        await AskAsync(request, ct);
        if (Status != wanted) throw new InvalidOperationException($"answered {Status} and not {wanted}: {Encoding.UTF8.GetString(Body.Span)}");
    }

    /// <summary>Sends a request and reads its answer, whatever it is.</summary>
    public async ValueTask AskAsync(ReadOnlyMemory<byte> request, CancellationToken ct)
    {
        await _socket.SendAsync(request, ct);
        var filled = 0;
        while (!TryParse(filled))
        {
            if (filled == _buffer.Length) Array.Resize(ref _buffer, filled * 2);
            var count = await _socket.ReceiveAsync(_buffer.AsMemory(filled), ct);
            if (count == 0) throw new InvalidOperationException("the server closed the connection");
            filled += count;
        }
    }

    /// <summary>The text of a member of the answer's JSON, found by its name: no answer here has a name twice.</summary>
    public string Text(string member)
    {
        var body = Body.Span;
        var name = Encoding.ASCII.GetBytes($"\"{member}\":\"");
        var start = body.IndexOf(name);
        if (start < 0) throw new InvalidOperationException($"the answer has no {member}: {Encoding.UTF8.GetString(body)}");
        var rest = body[(start + name.Length)..];
        return Encoding.UTF8.GetString(rest[..rest.IndexOf((byte)'"')]);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static byte[] Request(string method, string path, string? bearer, string type, string? body)
    {
        var text = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
        if (bearer is not null) text.Append(CultureInfo.InvariantCulture, $"Authorization: Bearer {bearer}\r\n");
        if (body is not null) text.Append(CultureInfo.InvariantCulture, $"Content-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        else if (method == "POST") text.Append("Content-Length: 0\r\n");
        return Encoding.UTF8.GetBytes(text.Append("\r\n").Append(body).ToString());
    }

    private bool TryParse(int filled)
    {
        var bytes = _buffer.AsSpan(0, filled);
        var head = bytes.IndexOf("\r\n\r\n"u8);
        if (head < 0) return false;
        Status = ((bytes[9] - '0') * 100) + ((bytes[10] - '0') * 10) + (bytes[11] - '0');
        var length = Status == 204 ? 0 : Length(bytes[..(head + 2)]);
        if (filled < head + 4 + length) return false;
        Body = _buffer.AsMemory(head + 4, length);
        return true;
    }

    private static int Length(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("\r\nContent-Length: "u8);
        if (at < 0) throw new InvalidOperationException("an answer without Content-Length cannot be read here");
        var number = 0;
        for (at += "\r\nContent-Length: ".Length; head[at] != '\r'; at++) number = (number * 10) + (head[at] - '0');
        return number;
    }
}
