namespace Credence;

/// <summary>Lets a waiter rest until somebody has work for it; calls that come while it works are one.</summary>
public sealed class Wake
{
    private TaskCompletionSource _called = New();

    /// <summary>There is work: the waiter goes on, or will not rest when it comes.</summary>
    public void Call() => Volatile.Read(ref _called).TrySetResult();

    /// <summary>Rests until a call, but no longer than <paramref name="most"/>.</summary>
    public async Task WaitAsync(TimeSpan most, CancellationToken ct)
    {
        var called = Volatile.Read(ref _called);
        await called.Task.WaitAsync(most, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ct.ThrowIfCancellationRequested();
        if (called.Task.IsCompleted) Interlocked.CompareExchange(ref _called, New(), called); // a call from here on is a new one
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
