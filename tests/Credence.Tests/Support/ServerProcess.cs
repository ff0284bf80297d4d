using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Credence.Tests.Support;

/// <summary>The built <c>credence</c>, run as operators run it: a process with an environment of its own, told to stop by signals.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private ServerProcess(Process process, int port)
    {
        _process = process;
        Port = port;
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The port it was given.</summary>
    public int Port { get; }

    /// <summary>Speaks to it.</summary>
    public HttpClient Client { get; }

    /// <summary>What it has written to standard output so far.</summary>
    public IReadOnlyList<string> Output => [.. _output];

    /// <summary>What it has written to standard error so far.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    /// <summary>Settings that let a server start on an SQLite file of its own, as a developer's machine would.</summary>
    public static Dictionary<string, string> Embedded(string folder) => new(StringComparer.Ordinal)
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Development",
        ["DATABASE_URL"] = $"sqlite:{Path.Combine(folder, "credence.db")}",
        ["REDIS_URL"] = "embedded",
        ["HOST"] = "127.0.0.1",
        ["LOG_FORMAT"] = "json",
    };

    /// <summary>Starts it with these settings and no others.</summary>
    public static ServerProcess Start(IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "credence.exe" : "credence"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.Where(name => !IsMachine(name)).ToList()) start.Environment.Remove(name);
        start.Environment["PORT"] = $"{port}";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        return new ServerProcess(new Process { StartInfo = start }, port);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Errors)> RunAsync(
        IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        await using var process = Start(settings, arguments);
        return (await process.ExitAsync(), process.Output, process.Errors);
    }

    /// <summary>Waits until a line of its output, or of its errors, contains <paramref name="text"/>.</summary>
    public async Task<string> LineAsync(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (_output.Concat(_errors).FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } found) return found;
            if (_process.HasExited || patience.IsCancellationRequested)
            {
                throw new InvalidOperationException($"no line with '{text}' came. It wrote:\n{string.Join('\n', Output.Concat(Errors))}");
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>Waits until it listens.</summary>
    public async Task<ServerProcess> ListeningAsync()
    {
        await LineAsync("Credence listening on port");
        return this;
    }

    /// <summary>Sends a signal: <c>TERM</c> or <c>INT</c>.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end, and for the last of its output.</summary>
    public async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>A loopback port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    /// <summary>What a line of the log says.</summary>
    public static string? Message(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("msg").GetString();
    }

    /// <summary>What the runtime needs of this machine; everything else of the environment could be a setting.</summary>
    private static bool IsMachine(string name) =>
        name is "PATH" or "HOME" or "TMPDIR" or "LD_LIBRARY_PATH" or "LANG" || name.StartsWith("DOTNET_", StringComparison.Ordinal);

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null) lines.Enqueue(line);
    }
}
