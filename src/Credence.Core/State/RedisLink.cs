using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Credence.State;

/// <summary>
/// The connection to Redis, made again whenever it is lost, forever, after 50 ms to 2 s (contract operations O24). The client's own reconnect
/// is not relied on: its heartbeat tries once a second, and it never asks the Sentinels again. So a lost client is thrown away for a new one.
/// </summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly RedisUrl _url;
    private readonly Func<ConnectionMultiplexer, Task> _prepare;
    private readonly ILogger _log;
    private readonly SocketManager _sockets = new("credence-redis", useHighPrioritySocketThreads: false);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    private volatile TaskCompletionSource<Connection> _connected = NewSource<Connection>();

    /// <param name="url">Where Redis is.</param>
    /// <param name="prepare">Runs on each new connection before anybody else gets it.</param>
    /// <param name="answerWithin">How long Redis may take to answer before it counts as away.</param>
    /// <param name="log">Hears once of each outage, and of its end.</param>
    public RedisLink(RedisUrl url, Func<ConnectionMultiplexer, Task> prepare, TimeSpan answerWithin, ILogger log)
    {
        (_url, _prepare, AnswerWithin, _log) = (url, prepare, answerWithin, log);
        _running = Task.Run(RunAsync);
    }

    /// <summary>How long Redis may take to answer before it counts as away.</summary>
    public TimeSpan AnswerWithin { get; }

    /// <summary>The client while it is connected, else null: nobody waits for a connection on a request's way.</summary>
    public ConnectionMultiplexer? Current =>
        _connected.Task is { IsCompletedSuccessfully: true, Result.Client: { IsConnected: true } client } ? client : null;

    /// <summary>The client, as soon as there is one.</summary>
    public async Task<ConnectionMultiplexer> ConnectedAsync(CancellationToken ct) => (await _connected.Task.WaitAsync(ct)).Client;

    /// <summary>Whether an exception says that Redis is away or refuses, rather than that something here is wrong.</summary>
    public static bool IsOutage(Exception error, CancellationToken ct) => error switch
    {
        OperationCanceledException => !ct.IsCancellationRequested, // the client cancels what a lost connection can no longer answer
        RedisException or RedisCommandException or TimeoutException or ObjectDisposedException => true,
        _ => false,
    };

    /// <summary>
    /// Tells of a failed operation. No answer in time, or a master that no longer is one, ends the connection; whatever else happens to it
    /// the client reports by itself.
    /// </summary>
    public void Failed(ConnectionMultiplexer client, Exception error)
    {
        var connected = _connected.Task;
        if (!connected.IsCompletedSuccessfully || connected.Result.Client != client) return; // that one is given up already
        if (error is TimeoutException) connected.Result.Lost.TrySetResult("no answer in time");
        if (error is RedisServerException && error.Message.StartsWith("READONLY", StringComparison.Ordinal)) connected.Result.Lost.TrySetResult("no longer the master");
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
        _sockets.Dispose();
    }

    /// <summary>Makes a client that gives up quickly and leaves trying again to us.</summary>
    public Task<ConnectionMultiplexer> OpenAsync(ConfigurationOptions options)
    {
        options.AbortOnConnectFail = true;
        options.ConnectRetry = 1;
        options.ConnectTimeout = (int)ConnectWithin.TotalMilliseconds;
        options.ClientName = "credence";
        options.TieBreaker = ""; // a key of the client's own making; Sentinel or Cluster decide who is master
        options.SocketManager = _sockets;
        return ConnectionMultiplexer.ConnectAsync(options);
    }

    private async Task RunAsync()
    {
        var pause = FirstPause;
        var away = false;
        while (true)
        {
            string reason;
            ConnectionMultiplexer? client = null;
            try
            {
                client = await ConnectAsync();
                var connection = Watch(client);
                await _prepare(client);

                if (away) Log.RedisBack(_log);
                (away, pause) = (false, FirstPause);
                _connected.SetResult(connection);
                reason = await connection.Lost.Task.WaitAsync(_stopping.Token);
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                reason = Reason(error); // whatever it was, the next round tries again
            }
            finally
            {
                if (_connected.Task.IsCompleted) _connected = NewSource<Connection>();
                client?.Close(allowCommandsToComplete: false);
            }

            if (!away) Log.RedisLost(_log, reason);
            away = true;
            await Task.Delay(pause, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stopping.IsCancellationRequested) return;
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var options = _url.Options.Clone();
        if (_url.Service is null) return await OpenAsync(options);

        var master = await RedisSentinels.FindMasterAsync(_url, this, _stopping.Token);
        options.EndPoints.Clear();
        options.EndPoints.Add(master);
        var client = await OpenAsync(options);
        if (!client.GetServer(master).IsSlave) return client;
        client.Dispose();
        throw new InvalidOperationException("the Sentinels name a master that is none"); // in the middle of a fail-over
    }

    private static Connection Watch(ConnectionMultiplexer client)
    {
        var connection = new Connection(client, NewSource<string>());
        client.ConnectionFailed += (_, failed) =>
        {
            if (Ends(client, failed)) connection.Lost.TrySetResult(failed.FailureType.ToString());
        };
        if (!client.IsConnected) connection.Lost.TrySetResult("lost at once"); // before there was anybody to tell
        return connection;
    }

    /// <summary>One of a cluster's nodes may go while the others stay; the channels' connection has no other.</summary>
    private static bool Ends(ConnectionMultiplexer client, ConnectionFailedEventArgs failed) =>
        failed.ConnectionType == ConnectionType.Subscription
        || !client.GetEndPoints().Any(other => !other.Equals(failed.EndPoint) && client.GetServer(other).IsConnected);

    /// <summary>The client's message begins with advice to programmers and ends with the cause, when it knows one.</summary>
    private static string Reason(Exception error)
    {
        if (error is not RedisConnectionException failed) return error.Message;
        var cause = failed.Message[(failed.Message.LastIndexOf('.') + 1)..].Trim();
        return cause.Length > 0 ? cause : failed.FailureType.ToString();
    }

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Connection(ConnectionMultiplexer Client, TaskCompletionSource<string> Lost);
}
