using Credence.Server.Hosting.Start;
using Credence.Server.Workers;
using Credence.Storage;
using Credence.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Credence.Tests.Hosting;

/// <summary>Rounds (contract operations O31 to O33).</summary>
public sealed class WorkerTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task A_round_runs_at_the_start_and_after_each_rest_and_a_failing_one_ends_nothing()
    {
        await using var host = await HostUnderTest.StartAsync();
        var rounds = new Rounds();
        using var worker = Make(host, new WorkerPlan("test", Short, OnePerCluster: false, _ => rounds.Run(failEach: true)), rounds);
        await worker.StartAsync(CancellationToken.None);
        await rounds.ReachAsync(3);
        await worker.StopAsync(CancellationToken.None);
        Assert.True(worker.ExecuteTask!.IsCompletedSuccessfully);
        Assert.Contains("[test] round failed, the next one tries again", rounds.Logged);
    }

    [Theory, EachEngine]
    public async Task One_node_of_the_cluster_runs_the_rounds_and_gives_the_lease_back_when_it_stops(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        (string, string)[] settings = engine == EngineKind.Postgres ? [("DATABASE_URL", database.Url)] : [];
        await using var host = await HostUnderTest.StartAsync(null, settings);
        var (first, second) = (new Rounds(), new Rounds());
        using var one = Make(host, new WorkerPlan("shared", Short, OnePerCluster: true, _ => first.Run()), first);
        using var other = Make(host, new WorkerPlan("shared", Short, OnePerCluster: true, _ => second.Run()), second);

        await one.StartAsync(CancellationToken.None);
        await first.ReachAsync(1);
        await other.StartAsync(CancellationToken.None);
        await first.ReachAsync(first.Count + 5); // the other reached for the lease between these
        Assert.Equal(0, second.Count);

        await one.StopAsync(CancellationToken.None);
        await second.ReachAsync(1); // long before the lease of the first would have run out
        await other.StopAsync(CancellationToken.None);
    }

    private static Worker Make(HostUnderTest host, WorkerPlan plan, Rounds? rounds = null)
    {
        var services = host.App.Services;
        return new Worker(
            plan, services.GetRequiredService<Db>(), services.GetRequiredService<DatabaseStart>(),
            services.GetRequiredService<IHostApplicationLifetime>(), TimeProvider.System, rounds ?? new Rounds());
    }

    /// <summary>Counts rounds, and keeps what the worker logs.</summary>
    private sealed class Rounds : ILogger<Worker>
    {
        private readonly List<string> _logged = [];
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public IReadOnlyList<string> Logged
        {
            get
            {
                lock (_logged) return [.. _logged];
            }
        }

        public Task Run(bool failEach = false)
        {
            Interlocked.Increment(ref _count);
            return failEach ? throw new InvalidOperationException("this round fails") : Task.CompletedTask;
        }

        public async Task ReachAsync(int count)
        {
            for (var look = 0; look < 3000 && Count < count; look++) await Task.Delay(10, TestContext.Current.CancellationToken);
            Assert.True(Count >= count, $"there were {Count} rounds; {count} were to come");
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_logged) _logged.Add(formatter(state, exception));
        }
    }
}
