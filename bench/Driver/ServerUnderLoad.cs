using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Credence.Bench;

/// <summary>A process that listens on a port of its own: the built server, or the peer it is compared with.</summary>
internal sealed class ServerUnderLoad : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ServerUnderLoad(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>From the start of the process to its first 200.</summary>
    public TimeSpan StartedIn { get; private set; }

    /// <summary>The key of the organization that every call is made for.</summary>
    public static string ApiKey => "gx_live_bench_bench_bench_bench_bench";

    /// <summary>Starts the built server on the stores that <c>bench/run</c> made.</summary>
    /// <remarks>Without Redis <c>/health</c> says so for ever; then <c>/readyz</c> says when it is there.</remarks>
    public static Task<ServerUnderLoad> CredenceAsync(Stores stores, params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development", // production refuses RATE_LIMITS_ENABLED=false and a seeded key
            ["DATABASE_URL"] = stores.DatabaseUrl,
            ["REDIS_URL"] = stores.RedisUrl,
            ["RATE_LIMITS_ENABLED"] = "false",
            ["LOG_FORMAT"] = "json", // production's
            ["RSA_PRIVATE_KEY"] = ManyTokens.Pem, // all nodes of a run share it
            ["SEED_API_KEY"] = ApiKey,
            ["PLAN_FREE_ACTIVE_GRANTS"] = "unlimited",
            ["PLAN_FREE_AGENTS"] = "unlimited",
            ["PLAN_FREE_AUDIT_ENTRIES"] = "unlimited",
            ["HOST"] = "127.0.0.1",
            ["PUBLIC_BASE_URL"] = "http://localhost:3001", // one issuer, however many nodes
        };
        foreach (var (name, value) in more) settings[name] = value;
        return StartAsync(stores.Server, "serve", stores.HasRedis ? "/health" : "/readyz", settings);
    }

    /// <summary>Runs another command of the server to its end.</summary>
    public static async Task CommandAsync(Stores stores, string[] arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(stores.Server, arguments) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["DATABASE_URL"] = stores.DatabaseUrl;
        start.Environment["REDIS_URL"] = stores.RedisUrl;
        start.Environment["RSA_PRIVATE_KEY"] = ManyTokens.Pem;
        using var command = Process.Start(start)!;
        await command.WaitForExitAsync(ct);
        if (command.ExitCode != 0) throw new InvalidOperationException($"credence {string.Join(' ', arguments)} ended with {command.ExitCode}");
    }

    /// <summary>Starts <see cref="EmptyPeer"/> in a process of its own.</summary>
    public static Task<ServerUnderLoad> PeerAsync() =>
        StartAsync(Environment.ProcessPath!, "peer", "/", new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>Starts the npm package <c>oidc-provider</c>, whose one client has this secret.</summary>
    public static Task<ServerUnderLoad> OidcProviderAsync(string clientSecret) => StartAsync(
        "node", Path.GetFullPath("bench/peers/oidc-provider.mjs"), "/.well-known/openid-configuration",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["BENCH_CLIENT_SECRET"] = clientSecret, ["NODE_ENV"] = "production" });

    /// <summary>What the process holds in memory, in megabytes.</summary>
    public double ResidentMegabytes() => Megabytes("VmRSS:");

    /// <summary>The most it ever held, in megabytes.</summary>
    public double PeakMegabytes() => Megabytes("VmHWM:");

    private double Megabytes(string of)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(text => text.StartsWith(of, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>How long the process has computed so far, on all cores together.</summary>
    public TimeSpan Computed()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <summary>Calls it once as the organization does.</summary>
    public async Task<string> CallAsync(HttpMethod method, string path, string? json, CancellationToken ct)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, $"http://127.0.0.1:{Port}{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request, ct);
        var body = await response.Content.ReadAsStringAsync(ct);
        return response.IsSuccessStatusCode ? body : throw new InvalidOperationException($"{path} answered {(int)response.StatusCode}: {body}");
    }

    /// <summary>Stops it as an operator would, and waits.</summary>
    public async ValueTask DisposeAsync()
    {
        using var stop = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await stop.WaitForExitAsync();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(15))) _process.Kill();
        _process.Dispose();
    }

    private static async Task<ServerUnderLoad> StartAsync(string program, string command, string health, Dictionary<string, string> settings)
    {
        var port = FreePort();
        // Its lines go where a container's go that nobody reads: writing them is part of the work, keeping them is not.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$1\" >/dev/null", program, command]) { UseShellExecute = false };
        start.Environment.Remove("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"); // the load generator's own setting
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        foreach (var (name, value) in settings) start.Environment[name] = value;

        var began = Stopwatch.GetTimestamp();
        var server = new ServerUnderLoad(Process.Start(start)!, port);
        while (!await server.AnswersAsync(health))
        {
            if (server._process.HasExited) throw new InvalidOperationException($"{program} {command} ended with {server._process.ExitCode}");
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new TimeoutException($"{program} {command} did not become healthy");
            await Task.Delay(2);
        }

        server.StartedIn = Stopwatch.GetElapsedTime(began);
        return server;
    }

    private async Task<bool> AnswersAsync(string path)
    {
        try
        {
            using var line = await HttpLine.OpenAsync(Port, CancellationToken.None);
            await line.AskAsync(HttpLine.Request("GET", path), 200, CancellationToken.None);
            return true;
        }
        catch (Exception error) when (error is SocketException or InvalidOperationException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

/// <summary>What <c>bench/run</c> prepared.</summary>
/// <param name="Server">The built server.</param>
/// <param name="DatabaseUrl">A PostgreSQL of its own.</param>
/// <param name="RedisUrl">A Redis of its own.</param>
internal sealed record Stores(string Server, string DatabaseUrl, string RedisUrl)
{
    /// <summary>A Redis that is never there.</summary>
    public const string NoRedis = "redis://127.0.0.1:1";

    /// <summary>Whether there is one.</summary>
    public bool HasRedis => RedisUrl != NoRedis;

    /// <summary>Reads them from the environment.</summary>
    public static Stores Given { get; } = new(Of("BENCH_SERVER"), Of("TEST_DATABASE_URL"), Of("TEST_REDIS_URL"));

    private static string Of(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set: start this through bench/run");
}
