using System.Runtime.InteropServices;

namespace Credence.Passwords;

/// <summary>
/// Where passwords are hashed: threads of their own, so many that memory and cores hold, and a queue before them that ends. Signing in can so starve
/// nothing else: no thread of the pool is busy with it, and on Linux these threads stand back when anybody else has work.
/// </summary>
public sealed partial class HashGate : IDisposable
{
    private const int StandBack = 10; // of nice(2): what a sign-in costs may wait for what everything else costs

    private readonly PasswordOptions _options;
    private readonly Lock _gate = new();
    private readonly Queue<IWork> _queue = new();
    private readonly SemaphoreSlim _filled = new(0);
    private readonly List<Thread> _threads = [];
    private int _idle;
    private bool _ended;

    /// <summary>Begins with no thread: they come with the work.</summary>
    public HashGate(PasswordOptions options) => _options = options;

    private interface IWork
    {
        bool IsWanted { get; }

        void Run();
    }

    /// <summary>How many threads it has.</summary>
    internal int Threads
    {
        get
        {
            lock (_gate) return _threads.Count;
        }
    }

    /// <summary>Runs <paramref name="hash"/> when its turn comes. Who stops waiting leaves the queue.</summary>
    /// <returns>What it gave; or that too many wait already.</returns>
    public async Task<Result<T>> RunAsync<T>(Func<T> hash, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var work = new Work<T>(hash);
        if (!TryEnter(work)) return PasswordFailures.Busy;
        await using var leaving = ct.Register(() => work.Leave(ct));
        return await work.Done;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            if (_threads.Count > 0) _filled.Release(_threads.Count);
        }
    }

    private bool TryEnter(IWork work)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            if (_queue.Count >= _options.MayWait)
            {
                DropUnwanted();
                if (_queue.Count >= _options.MayWait) return false;
            }

            _queue.Enqueue(work);
            if (_idle < _queue.Count && _threads.Count < _options.AtOnce)
            {
                var thread = new Thread(Serve) { IsBackground = true, Name = "passwords" };
                _threads.Add(thread);
                thread.Start();
            }
        }

        _filled.Release();
        return true;
    }

    private void DropUnwanted()
    {
        for (var left = _queue.Count; left > 0; left--)
        {
            var work = _queue.Dequeue();
            if (work.IsWanted) _queue.Enqueue(work);
        }
    }

    private void Serve()
    {
        if (OperatingSystem.IsLinux()) _ = setpriority(0, 0, StandBack); // of this thread alone; where it is not allowed nothing is lost
        while (true)
        {
            lock (_gate) _idle++;
            _filled.Wait();
            IWork? work;
            lock (_gate)
            {
                _idle--;
                if (_ended) return;
                _queue.TryDequeue(out work); // none, where a place in the queue was given up
            }

            work?.Run();
        }
    }

    [LibraryImport("libc")]
    private static partial int setpriority(int which, int who, int priority);

    private sealed class Work<T>(Func<T> hash) : IWork
    {
        private readonly TaskCompletionSource<Result<T>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Result<T>> Done => _done.Task;

        public bool IsWanted => !_done.Task.IsCompleted;

        public void Leave(CancellationToken ct) => _done.TrySetCanceled(ct);

        public void Run()
        {
            if (!IsWanted) return;
            try
            {
                _done.TrySetResult(hash());
            }
            catch (Exception error)
            {
                _done.TrySetException(error);
            }
        }
    }
}
