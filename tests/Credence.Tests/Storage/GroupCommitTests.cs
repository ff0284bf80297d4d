using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Storage;

public sealed class GroupCommitTests
{
    [Fact]
    public async Task Callers_that_come_during_a_commit_share_the_next_one()
    {
        var sizes = new List<int>();
        var first = new TaskCompletionSource();
        var commits = new GroupCommit<int, int>(
            async parts =>
            {
                sizes.Add(parts.Count);
                if (sizes.Count == 1) await first.Task;
                return [.. parts.Select(part => part * 2)];
            },
            _ => false, 40);

        var alone = commits.AddAsync(1, World.Ct);
        SpinWait.SpinUntil(() => sizes.Count == 1);
        var others = Enumerable.Range(2, 50).Select(part => commits.AddAsync(part, World.Ct)).ToList();
        first.SetResult();

        Assert.Equal(2, await alone);
        Assert.Equal(Enumerable.Range(2, 50).Select(part => part * 2), await Task.WhenAll(others));
        Assert.Equal([1, 40, 10], sizes);
    }

    [Fact]
    public async Task A_bad_part_fails_alone_and_an_outage_concerns_everyone()
    {
        var (away, began, first) = (true, false, new TaskCompletionSource());
        var commits = new GroupCommit<int, int>(
            async parts =>
            {
                began = true;
                await first.Task;
                if (away) throw new TimeoutException();
                return parts.Contains(3) ? throw new InvalidDataException() : [.. parts];
            },
            error => error is TimeoutException, 100);

        var refused = await GroupAsync();
        (away, began, first) = (false, false, new TaskCompletionSource());
        var answered = await GroupAsync();

        Assert.All(refused, error => Assert.IsType<TimeoutException>(error));
        Assert.IsType<InvalidDataException>(answered[3]);
        Assert.All(answered.Where((_, number) => number != 3), Assert.Null);

        async Task<Exception?[]> GroupAsync()
        {
            var calls = new List<Task<Exception?>> { FailureOfAsync(commits.AddAsync(0, World.Ct)) };
            SpinWait.SpinUntil(() => began); // a group of its own; those that come now are the next one
            calls.AddRange(Enumerable.Range(1, 19).Select(number => FailureOfAsync(commits.AddAsync(number, World.Ct))));
            first.SetResult();
            return await Task.WhenAll(calls);
        }
    }

    private static async Task<Exception?> FailureOfAsync(Task<int> call) => await Record.ExceptionAsync(() => call);
}
