using Credence.Server.Hosting;
using Credence.Server.Hosting.Start;
using Credence.Storage;

namespace Credence.Server.Workers;

/// <summary>A worker decides when; an operation decides what.</summary>
/// <param name="Name">What it is called in the log and, where it is leased, in the <c>leases</c> table: <c>key-rotation</c>.</param>
/// <param name="Every">How long it rests between rounds, at most.</param>
/// <param name="OnePerCluster">Whether a round needs the lease, so that one node alone runs it.</param>
/// <param name="RunAsync">One round.</param>
internal sealed record WorkerPlan(string Name, TimeSpan Every, bool OnePerCluster, Func<CancellationToken, Task> RunAsync)
{
    /// <summary>Waits for something to do, for up to the time it is given; null to rest for the whole of it.</summary>
    public Func<TimeSpan, CancellationToken, Task>? WaitAsync { get; init; }

    /// <summary>Whether the stop brings one more round, given two seconds: the last requests have been answered by then.</summary>
    public bool OnceMoreAtStop { get; init; }
}

/// <summary>
/// Runs a plan: one round once the server listens, then after each rest, until the stop (contract operations O31). A failing round is logged and the
/// next one runs (O32).
/// </summary>
internal sealed class Worker(
    WorkerPlan plan, Db db, DatabaseStart database, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<Worker> log) : BackgroundService
{
    private static readonly TimeSpan StopWait = TimeSpan.FromSeconds(2);

    private readonly string _holder = Guid.NewGuid().ToString("n");

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await ListeningAsync(stoppingToken);
            await database.UntilMigratedAsync(stoppingToken);
            while (true)
            {
                await RoundAsync(stoppingToken);
                await (plan.WaitAsync?.Invoke(plan.Every, stoppingToken) ?? Task.Delay(plan.Every, clock, stoppingToken));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the stop
        }

        if (plan.OnceMoreAtStop && database.IsMigrated) await LastRoundAsync();
        if (plan.OnePerCluster) await ReleaseAsync();
    }

    private async Task ListeningAsync(CancellationToken ct)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var started = lifetime.ApplicationStarted.Register(listening.SetResult);
        await listening.Task.WaitAsync(ct);
    }

    private async Task RoundAsync(CancellationToken stopping)
    {
        using var round = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        try
        {
            if (plan.OnePerCluster)
            {
                // The lease outlives the rest, so that it stays with one node; a round never outlives the lease, so that two never run at once.
                var life = plan.Every + TimeSpan.FromMinutes(1);
                var now = clock.Now();
                round.CancelAfter(life);
                if (!await Leases.TryTakeAsync(db, plan.Name, _holder, now + life, now, round.Token)) return;
            }

            await plan.RunAsync(round.Token);
        }
        catch (Exception error) when (!stopping.IsCancellationRequested)
        {
            HostLog.RoundFailed(log, plan.Name, error);
        }
    }

    private async Task LastRoundAsync()
    {
        using var wait = new CancellationTokenSource(StopWait);
        try
        {
            await plan.RunAsync(wait.Token);
        }
        catch (Exception error)
        {
            HostLog.RoundFailed(log, plan.Name, error);
        }
    }

    private async Task ReleaseAsync()
    {
        using var wait = new CancellationTokenSource(StopWait);
        try
        {
            await Leases.ReleaseAsync(db, plan.Name, _holder, wait.Token);
        }
        catch (Exception error) when (error is OperationCanceledException || db.Engine.IsUnavailable(error))
        {
            // it runs out by itself
        }
    }
}
