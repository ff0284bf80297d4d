using Microsoft.Extensions.Logging;

namespace Credence.State;

/// <summary>Shared state for a single node, kept in this process: the embedded default (design D5). A restart loses it, as O23 allows.</summary>
public sealed class EmbeddedState(ILogger<EmbeddedState> log) : ISharedState
{
    private readonly LocalWindows _windows = new();
    private readonly LocalCounts _counts = new();
    private readonly LocalTexts _texts = new();
    private readonly LocalChannels _channels = new(log);
    private readonly LocalValues _values = new();
    private readonly LocalRecords _records = new();

    /// <inheritdoc/>
    public bool IsRemote => false;

    /// <inheritdoc/>
    public Task<bool> PingAsync(CancellationToken ct) => Task.FromResult(true);

    /// <inheritdoc/>
    public ValueTask<RateDecision> AdmitAsync(string key, RateLimit limit, DateTimeOffset now, CancellationToken ct) =>
        ValueTask.FromResult(_windows.Admit(key, limit, now));

    /// <inheritdoc/>
    public ValueTask<Counted> CountAsync(SharedCount what, int amount, long limit, long? known, DateTimeOffset now, CancellationToken ct) =>
        ValueTask.FromResult(_counts.Count(what, amount, limit, known, now));

    /// <inheritdoc/>
    public ValueTask UncountAsync(string key, DateTimeOffset now, CancellationToken ct)
    {
        _counts.Uncount(key, now);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> RaiseAsync(SharedCount what, long least, DateTimeOffset now, CancellationToken ct)
    {
        _counts.Raise(what, least, now);
        return ValueTask.FromResult(true);
    }

    /// <inheritdoc/>
    public ValueTask<long?> CountOfAsync(string key, DateTimeOffset now, CancellationToken ct) => ValueTask.FromResult(_counts.Of(key, now));

    /// <inheritdoc/>
    public ValueTask KeepAsync(string key, string text, TimeSpan life, DateTimeOffset now, CancellationToken ct)
    {
        _texts.Keep(key, text, now + life, now);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<string?> KeptAsync(string key, DateTimeOffset now, CancellationToken ct) => ValueTask.FromResult(_texts.Find(key, now));

    /// <summary>Keeps nothing: such keys are there for other processes to read, and no other process can read this one's memory.</summary>
    public void Put(string key, string value, TimeSpan life)
    {
    }

    /// <inheritdoc/>
    public Task<bool> LeaveAsync(string key, string value, TimeSpan life, DateTimeOffset now, CancellationToken ct) => Task.FromResult(_values.Leave(key, value, life, now));

    /// <inheritdoc/>
    public Task<Taken> TakeAsync(string key, DateTimeOffset now, CancellationToken ct) => Task.FromResult(new Taken(true, _values.Take(key, now)));

    /// <inheritdoc/>
    public ValueTask<Lasting> ClaimAsync(string key, TimeSpan life, DateTimeOffset now, CancellationToken ct) =>
        ValueTask.FromResult(_records.Claim(key, life, now));

    /// <inheritdoc/>
    public ValueTask<Lasting> LeftAsync(string key, DateTimeOffset now, CancellationToken ct) =>
        ValueTask.FromResult(new Lasting(true, _records.Left(key, now) ?? _counts.Left(key, now)));

    /// <inheritdoc/>
    public ValueTask<bool?> ForgetAsync(string key, DateTimeOffset now, CancellationToken ct) => ValueTask.FromResult<bool?>(_records.Forget(key, now) | _counts.Forget(key, now));

    /// <inheritdoc/>
    public ValueTask<bool> RecordAsync(string key, IReadOnlyDictionary<string, string> fields, TimeSpan life, DateTimeOffset now, CancellationToken ct) =>
        ValueTask.FromResult(_records.Record(key, fields, life, now));

    /// <inheritdoc/>
    public ValueTask<bool?> AmendAsync(
        string key, KeyValuePair<string, string> holder, IReadOnlyDictionary<string, string> fields, DateTimeOffset now, CancellationToken ct) =>
        ValueTask.FromResult<bool?>(_records.Amend(key, holder, fields, now));

    /// <inheritdoc/>
    public ValueTask<Guessed> GuessAsync(string key, Guess guess, DateTimeOffset now, CancellationToken ct) => ValueTask.FromResult(_records.Guess(key, guess, now));

    /// <inheritdoc/>
    public void Publish(string channel, string message) => _channels.Deliver(channel, message);

    /// <inheritdoc/>
    public void Subscribe(string channel, Action<string> heard) => _channels.Add(channel, heard);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
