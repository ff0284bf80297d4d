namespace Credence;

/// <summary>Lets one waiter rest until somebody has work for it; calls that come meanwhile are one.</summary>
public sealed class Wake : IDisposable
{
    private readonly SemaphoreSlim _woken = new(0);
    private int _called;

    /// <summary>There is work: the waiter goes on, or will not rest when it comes.</summary>
    public void Call()
    {
        if (Interlocked.Exchange(ref _called, 1) == 0) _woken.Release();
    }

    /// <summary>Rests until a call, but no longer than <paramref name="most"/>.</summary>
    public async Task WaitAsync(TimeSpan most, CancellationToken ct)
    {
        if (await _woken.WaitAsync(most, ct)) Volatile.Write(ref _called, 0);
    }

    /// <inheritdoc/>
    public void Dispose() => _woken.Dispose();
}
