using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Credence.Tests.Support;

/// <summary>A Redis of one test's own, to be stopped and started again on the same port.</summary>
public sealed class RedisServer : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("credence-redis-");
    private readonly int _port = FreePort();
    private Process? _process;

    /// <summary>Its address.</summary>
    public string Url => $"redis://127.0.0.1:{_port}";

    /// <summary>The Redis that all tests share, as <c>TEST_REDIS_URL</c> names it.</summary>
    public static string SharedUrl =>
        Environment.GetEnvironmentVariable("TEST_REDIS_URL") is { Length: > 0 } url
            ? url
            : throw new InvalidOperationException(
                "TEST_REDIS_URL is not set: it names the Redis for tests (redis://127.0.0.1:port); ./test starts one and sets it.");

    /// <summary>A test's own view of a Redis, past the code under test.</summary>
    public static async Task<ConnectionMultiplexer> LookAsync(string url) =>
        await ConnectionMultiplexer.ConnectAsync(url.Replace("redis://", "", StringComparison.Ordinal));

    /// <summary>Starts it empty, and waits until it takes connections.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        _process = Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", $"{_port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", _folder.FullName, "--loglevel", "warning"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        }) ?? throw new InvalidOperationException("redis-server did not start");
        while (true)
        {
            if (_process.HasExited) throw new InvalidOperationException("redis-server ended at once");
            try
            {
                using var knock = new TcpClient();
                await knock.ConnectAsync(IPAddress.Loopback, _port, ct);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(20, ct);
            }
        }
    }

    /// <summary>Turns away, in its place, so many that try to connect.</summary>
    public async Task TurnAwayAsync(int callers, CancellationToken ct)
    {
        using var door = new TcpListener(IPAddress.Loopback, _port);
        door.Start();
        for (var caller = 0; caller < callers; caller++) (await door.AcceptTcpClientAsync(ct)).Dispose();
    }

    /// <summary>Ends it at once, with all it knew.</summary>
    public void Stop()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    /// <summary>Lets it take connections and answer nothing, until <see cref="Resume"/>.</summary>
    public void Pause() => Signal("-STOP");

    /// <summary>Ends a <see cref="Pause"/>.</summary>
    public void Resume() => Signal("-CONT");

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _folder.Delete(recursive: true);
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{_process?.Id}"]);
        kill.WaitForExit();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
