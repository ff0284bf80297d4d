using Credence.Server.Hosting.Commands;
using Credence.Tests.Support;

namespace Credence.Tests.Hosting;

/// <summary>What commands say of long work, and that of short work they say nothing.</summary>
public sealed class ProgressTests
{
    [Fact]
    public void Work_that_comes_by_is_told_of_once_in_a_while()
    {
        var clock = new ManualClock();
        var said = new List<string>();
        var progress = new Progress(said.Add, clock);

        for (var second = 0; second < 10; second++)
        {
            progress.At(() => $"{second} s");
            progress.At(() => $"{second} s again");
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["3 s", "6 s", "9 s"], said);
    }

    [Fact]
    public async Task A_single_long_statement_is_told_of_until_it_is_done()
    {
        var (count, told) = (0, new TaskCompletionSource());
        var progress = new Progress(
            how =>
            {
                Assert.Equal("so far", how);
                if (Interlocked.Increment(ref count) == 2) told.SetResult();
            },
            new HastyClock());

        var done = await progress.WhileAsync(
            async () =>
            {
                await told.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
                return "done";
            },
            () => "so far");

        Assert.Equal("done", done);
        await Assert.ThrowsAsync<InvalidDataException>(() => progress.WhileAsync<int>(() => throw new InvalidDataException(), () => "so far"));
    }

    /// <summary>Whatever is to come, comes at once.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var soon = TimeSpan.FromMilliseconds(5);
            return System.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : soon, period == Timeout.InfiniteTimeSpan ? period : soon);
        }
    }
}
