using Credence.Passwords;

namespace Credence.Tests.Passwords;

public sealed class HashGateTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_more_run_at_once_than_there_is_room_for_and_on_no_thread_of_the_pool()
    {
        using var gate = new HashGate(new PasswordOptions { AtOnce = 2 });
        var (running, most) = (0, 0);
        var all = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => gate.RunAsync(
            () =>
            {
                var now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                Thread.Sleep(2);
                Interlocked.Decrement(ref running);
                return Thread.CurrentThread.IsThreadPoolThread;
            },
            Ct)));

        Assert.All(all, one => Assert.False(one.Value));
        Assert.InRange(most, 1, 2);
        Assert.InRange(gate.Threads, 1, 2);
    }

    [Fact]
    public async Task When_too_many_wait_the_next_is_told_so_and_who_leaves_makes_room()
    {
        var options = new PasswordOptions { AtOnce = 1 };
        using var gate = new HashGate(options);
        using var busy = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        var first = gate.RunAsync(
            () =>
            {
                begun.Set();
                busy.Wait(Ct);
                return 0;
            },
            Ct);
        try
        {
            begun.Wait(Ct);
            using var leaving = new CancellationTokenSource();
            var left = gate.RunAsync(() => 1, leaving.Token);
            var waiting = Enumerable.Range(1, options.MayWait - 1).Select(number => gate.RunAsync(() => number, Ct)).ToList();
            Assert.Equal(PasswordFailures.Busy, (await gate.RunAsync(() => 1, Ct)).Failure);

            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
            waiting.Add(gate.RunAsync(() => options.MayWait, Ct));
            busy.Set();
            Assert.Equal(Enumerable.Range(1, options.MayWait), (await Task.WhenAll(waiting)).Select(one => one.Value));
        }
        finally
        {
            busy.Set();
            await first;
        }
    }

    [Fact]
    public async Task What_a_hash_throws_is_thrown_to_its_caller_and_the_gate_goes_on()
    {
        using var gate = new HashGate(new PasswordOptions { AtOnce = 1 });
        await Assert.ThrowsAsync<InvalidDataException>(() => gate.RunAsync<int>(() => throw new InvalidDataException(), Ct));
        Assert.Equal(7, (await gate.RunAsync(() => 7, Ct)).Value);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }
}
