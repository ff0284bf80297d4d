using System.Text;
using System.Threading.Channels;

namespace Credence.Server.Hosting.Logging;

/// <summary>
/// Carries finished lines to where they are written, so that no request waits for a slow reader. When too many wait, further ones are dropped and counted:
/// a stalled log must not stall the server.
/// </summary>
internal sealed class LineWriter : IDisposable
{
    private readonly Channel<byte[]> _lines;
    private readonly Stream _output;
    private readonly Task _pump;
    private long _dropped;

    /// <summary>Writes to <paramref name="output"/>, keeping up to <paramref name="capacity"/> lines waiting.</summary>
    public LineWriter(Stream output, int capacity = 16_384)
    {
        _output = output;
        _lines = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(capacity) { SingleReader = true });
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>Queues a line that ends in a line end.</summary>
    public void Write(byte[] line)
    {
        if (!_lines.Writer.TryWrite(line)) Interlocked.Increment(ref _dropped);
    }

    /// <summary>Writes what waits, for up to two seconds.</summary>
    public void Dispose()
    {
        _lines.Writer.TryComplete();
        _pump.Wait(TimeSpan.FromSeconds(2));
    }

    private async Task PumpAsync()
    {
        await using var buffered = new BufferedStream(_output, 65_536);
        try
        {
            while (await _lines.Reader.WaitToReadAsync())
            {
                while (_lines.Reader.TryRead(out var line)) await buffered.WriteAsync(line);
                var dropped = Interlocked.Exchange(ref _dropped, 0);
                if (dropped > 0) await buffered.WriteAsync(Encoding.UTF8.GetBytes($"{{\"level\":\"warn\",\"msg\":\"{dropped} log lines were dropped: standard output is too slow\"}}\n"));
                await buffered.FlushAsync();
            }
        }
        catch (IOException)
        {
            _lines.Writer.TryComplete(); // nobody reads our output any more: go on without
        }
    }
}
