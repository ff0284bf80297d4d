namespace Credence.State;

/// <summary>
/// Short-lived state that the nodes share and that may be lost: rate windows, revocation keys, fan-out (design D5). Never the truth.
/// Two implementations: Redis, and this process for the embedded default.
/// </summary>
public interface ISharedState : IAsyncDisposable
{
    /// <summary>Whether <c>/health</c> asks for it; false in process, where there is nothing to reach (contract operations O6).</summary>
    bool IsRemote { get; }

    /// <summary>Whether it answers now. Never throws for an outage.</summary>
    Task<bool> PingAsync(CancellationToken ct);

    /// <summary>
    /// Counts one call in a sliding window, if the limit allows it, in one atomic step shared by all nodes. A refused call is not counted.
    /// While the store is away, a window of this process stands in.
    /// </summary>
    /// <param name="key">The documented key without its period: <c>ratelimit:developer:dev_…:plan</c>.</param>
    /// <param name="limit">How many calls the window admits, and its length.</param>
    /// <param name="now">The time of the call.</param>
    /// <param name="ct">Ends the wait.</param>
    ValueTask<RateDecision> AdmitAsync(string key, RateLimit limit, DateTimeOffset now, CancellationToken ct);

    /// <summary>Counts under <paramref name="what"/> if that leaves it within <paramref name="limit"/>, in one atomic step shared by all nodes.</summary>
    /// <param name="what">The number.</param>
    /// <param name="amount">How many to count.</param>
    /// <param name="limit">The most that may be counted.</param>
    /// <param name="known">What the database knows of it, to begin with where the number is lost; null when that was not looked up.</param>
    /// <param name="now">The time of the call.</param>
    /// <param name="ct">Ends the wait.</param>
    ValueTask<Counted> CountAsync(SharedCount what, int amount, long limit, long? known, DateTimeOffset now, CancellationToken ct);

    /// <summary>Takes one back that was counted and then did not happen; what is away or lost by now is left as it is.</summary>
    ValueTask UncountAsync(string key, DateTimeOffset now, CancellationToken ct);

    /// <summary>Sets a number to <paramref name="least"/> if it is below: the database knows of that many.</summary>
    /// <returns>False when the store is away.</returns>
    ValueTask<bool> RaiseAsync(SharedCount what, long least, DateTimeOffset now, CancellationToken ct);

    /// <summary>What is counted under a key; null when nothing is, or the store is away.</summary>
    ValueTask<long?> CountOfAsync(string key, DateTimeOffset now, CancellationToken ct);

    /// <summary>Keeps a text that can be made again: a cache that all nodes share. While the store is away nothing is kept.</summary>
    ValueTask KeepAsync(string key, string text, TimeSpan life, DateTimeOffset now, CancellationToken ct);

    /// <summary>A text that <see cref="KeepAsync"/> kept; null when it is gone, or the store is away.</summary>
    ValueTask<string?> KeptAsync(string key, DateTimeOffset now, CancellationToken ct);

    /// <summary>Sets a key for <paramref name="life"/>. Returns at once; while the store is away the write waits in a bounded queue and is replayed.</summary>
    void Put(string key, string value, TimeSpan life);

    /// <summary>Keeps a value for <paramref name="life"/>, for one who comes to take it, at whatever node.</summary>
    /// <returns>False when the store is away or full, and nobody will find it.</returns>
    Task<bool> LeaveAsync(string key, string value, TimeSpan life, DateTimeOffset now, CancellationToken ct);

    /// <summary>Takes what was left under a key: of any number of callers one gets it.</summary>
    Task<Taken> TakeAsync(string key, DateTimeOffset now, CancellationToken ct);

    /// <summary>Takes a key for <paramref name="life"/>, unless it is taken: of any number of callers at all nodes one gets it.</summary>
    /// <returns>What was there before: nothing, when the key is the caller's now.</returns>
    ValueTask<Lasting> ClaimAsync(string key, TimeSpan life, DateTimeOffset now, CancellationToken ct);

    /// <summary>How long a key will still be there: a claim's, a record's or a number's.</summary>
    ValueTask<Lasting> LeftAsync(string key, DateTimeOffset now, CancellationToken ct);

    /// <summary>Ends a claim, a record or a number before its time.</summary>
    /// <returns>Whether it was there; null when the store is away.</returns>
    ValueTask<bool?> ForgetAsync(string key, DateTimeOffset now, CancellationToken ct);

    /// <summary>Keeps a record of named fields for <paramref name="life"/>, in place of whatever the key held.</summary>
    /// <returns>False when the store is away or full, and nobody will find it.</returns>
    ValueTask<bool> RecordAsync(string key, IReadOnlyDictionary<string, string> fields, TimeSpan life, DateTimeOffset now, CancellationToken ct);

    /// <summary>Sets fields of a record, if it is there and says what <paramref name="holder"/> does, in one atomic step; it lives as long as it would have.</summary>
    /// <returns>Whether it was there and said that; null when the store is away.</returns>
    ValueTask<bool?> AmendAsync(string key, KeyValuePair<string, string> holder, IReadOnlyDictionary<string, string> fields, DateTimeOffset now, CancellationToken ct);

    /// <summary>
    /// Tries to take a record by naming what it says, in one atomic step shared by all nodes: the right guess takes it, so that of any number one
    /// gets it; a wrong one is counted in the record itself, and the last that <paramref name="guess"/> allows destroys it.
    /// </summary>
    ValueTask<Guessed> GuessAsync(string key, Guess guess, DateTimeOffset now, CancellationToken ct);

    /// <summary>Tells every node, this one included. Best effort: whoever must not miss it follows a cursor in the database too.</summary>
    void Publish(string channel, string message);

    /// <summary>
    /// Calls <paramref name="heard"/> for each message of a channel, in order, from about now (Redis has to be told) until this is disposed, across
    /// reconnects. It runs on whatever thread brings the message, the publisher's own included, and holds up the next one: it must be quick.
    /// </summary>
    void Subscribe(string channel, Action<string> heard);
}

/// <summary>What was found under a key.</summary>
/// <param name="Known">Whether the store could say; false while it is away.</param>
/// <param name="Value">The value; null when it was never left, was taken before, or its time is over.</param>
public readonly record struct Taken(bool Known, string? Value);

/// <summary>Whether a call was admitted, and what the rate-limit headers say of it.</summary>
/// <param name="Admitted">Whether it may go on.</param>
/// <param name="Limit">Calls in a window.</param>
/// <param name="Remaining">How many more would be admitted now.</param>
/// <param name="ResetSeconds">Whole seconds, rounded up, until one call more than now is admitted: 0 to the window's length; for a refused call, the wait after which it succeeds.</param>
public readonly record struct RateDecision(bool Admitted, int Limit, int Remaining, int ResetSeconds);
