namespace Credence.Sso;

/// <summary>Something fetched from elsewhere and kept for a while; whoever comes while it is being fetched waits for that, so that there is one fetch at a time.</summary>
internal sealed class Fetched<T>(Func<Task<Result<T>>> fetch, TimeSpan life, TimeProvider clock)
    where T : class
{
    private readonly Lock _gate = new();
    private Task<Result<T>>? _running;
    private T? _kept;
    private DateTimeOffset _until;
    private long? _missedAt;

    /// <summary>What is kept, or else what is fetched now. A failure is not kept.</summary>
    public Task<Result<T>> GetAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            return _kept is { } kept && clock.Now() < _until ? Task.FromResult<Result<T>>(kept) : AgainAsync(ct);
        }
    }

    /// <summary>What is fetched now, whatever is kept.</summary>
    public Task<Result<T>> AgainAsync(CancellationToken ct)
    {
        lock (_gate) return (_running ??= RunAsync()).WaitAsync(ct); // a caller who leaves leaves the others their answer
    }

    /// <summary>What came after <paramref name="seen"/>, which lacked something: what others have fetched since, are fetching, or what is fetched now.</summary>
    /// <returns>Null when <paramref name="seen"/> is still the last, and it was looked for less than <paramref name="pause"/> ago.</returns>
    public async Task<Result<T>?> AfterAsync(T seen, TimeSpan pause, CancellationToken ct)
    {
        Task<Result<T>> fetching;
        lock (_gate)
        {
            if (_kept is { } newer && !ReferenceEquals(newer, seen)) return newer;
            if (_running is null)
            {
                if (_missedAt is { } before && clock.GetElapsedTime(before) < pause) return null;
                _missedAt = clock.GetTimestamp();
            }

            fetching = AgainAsync(ct);
        }

        return await fetching;
    }

    private async Task<Result<T>> RunAsync()
    {
        await Task.Yield(); // so that it never ends before it is known to run
        try
        {
            var fetched = await fetch();
            lock (_gate)
            {
                if (fetched.Succeeded) (_kept, _until) = (fetched.Value, clock.Now() + life);
            }

            return fetched;
        }
        finally
        {
            lock (_gate) _running = null;
        }
    }
}
