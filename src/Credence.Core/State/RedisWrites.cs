using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Credence.State;

/// <summary>
/// Writes that nobody waits for and that a blink of Redis must not lose (design D5): they queue here, and one pump writes them in order,
/// again and again until Redis took them or their life is over.
/// </summary>
internal sealed class RedisWrites : IAsyncDisposable
{
    private const int Capacity = 100_000;
    private const int Batch = 256;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LastChance = TimeSpan.FromSeconds(1);

    private readonly RedisLink _link;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Action<TimeSpan> _took;
    private readonly Channel<Write> _queue;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private long _dropped;
    private bool _refused;

    public RedisWrites(RedisLink link, TimeProvider clock, ILogger log, Action<TimeSpan> took)
    {
        (_link, _clock, _log, _took) = (link, clock, log, took);
        var options = new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true };
        _queue = Channel.CreateBounded<Write>(options, _ => Dropped());
        _running = Task.Run(RunAsync);
    }

    public void Put(string key, string value, TimeSpan life) => _queue.Writer.TryWrite(new Write(key, value, _clock.GetUtcNow() + life));

    /// <summary>Writes what is queued if Redis is there to take it, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _stopping.CancelAfter(_link.Current is null ? TimeSpan.Zero : LastChance);
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<Write>(Batch);
        try
        {
            while (batch.Count > 0 || await _queue.Reader.WaitToReadAsync(_stopping.Token))
            {
                while (batch.Count < Batch && _queue.Reader.TryRead(out var write)) batch.Add(write);
                batch = await WriteAsync(batch);
                if (batch.Count > 0) await Task.Delay(Pause, _stopping.Token);
                else if (_queue.Reader.Count == 0 && Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped) Log.QueueWritten(_log, dropped);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // the process ends; the database knows what these keys said
        }
    }

    /// <returns>What has to be tried again: a node of a cluster may be away while the others write.</returns>
    private async Task<List<Write>> WriteAsync(List<Write> batch)
    {
        var client = await _link.ConnectedAsync(_stopping.Token);
        var redis = client.GetDatabase();
        var now = _clock.GetUtcNow();
        var began = Stopwatch.GetTimestamp();
        var sent = batch.Where(write => write.Until > now).Select(write => (Write: write, Done: SetAsync(redis, write, now))).ToList();
        try
        {
            await Task.WhenAll(sent.Select(one => one.Done)).WaitAsync(_link.AnswerWithin, _stopping.Token);
            _refused = false;
            if (sent.Count > 0) _took(Stopwatch.GetElapsedTime(began));
        }
        catch (Exception error) when (RedisLink.IsOutage(error, _stopping.Token))
        {
            if (error is RedisServerException && !_refused) Log.WriteRefused(_log, error.Message);
            _refused = error is RedisServerException;
            _link.Failed(client, error);
        }

        return [.. sent.Where(one => !one.Done.IsCompletedSuccessfully).Select(one => one.Write)];
    }

    private static async Task SetAsync(IDatabase redis, Write write, DateTimeOffset now) =>
        await redis.StringSetAsync(write.Key, write.Value, write.Until - now); // async, so that what it throws is the task's too

    private void Dropped()
    {
        if (Interlocked.Increment(ref _dropped) == 1) Log.QueueFull(_log, Capacity);
    }

    private readonly record struct Write(string Key, string Value, DateTimeOffset Until);
}
