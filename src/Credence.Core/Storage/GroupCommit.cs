using System.Diagnostics;
using Credence.Telemetry;

namespace Credence.Storage;

/// <summary>
/// Lets callers that come at once share one transaction, each waiting for the outcome of its own part (design D16): while one group commits,
/// the next one gathers.
/// </summary>
/// <param name="commitAsync">Does the work of a whole group in one transaction and gives an outcome for each part, in their order.</param>
/// <param name="isUnavailable">Whether an error says that the database is away: then it concerns everyone in the group.</param>
/// <param name="most">How many parts a group has at most.</param>
public sealed class GroupCommit<TPart, TOutcome>(
    Func<IReadOnlyList<TPart>, Task<IReadOnlyList<TOutcome>>> commitAsync, Func<Exception, bool> isUnavailable, int most)
{
    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = [];
    private bool _running;

    private sealed record Waiting(TPart Part)
    {
        public ActivityContext Trace { get; } = Tracing.Source.HasListeners() ? Activity.Current?.Context ?? default : default;

        public TaskCompletionSource<TOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Adds a part to the next group and waits for its outcome. Who stops waiting does not take the part back.</summary>
    public Task<TOutcome> AddAsync(TPart part, CancellationToken ct)
    {
        var mine = new Waiting(part);
        lock (_gate)
        {
            _waiting.Enqueue(mine);
            if (!_running)
            {
                _running = true;
                ThreadPool.UnsafeQueueUserWorkItem(static all => _ = all.DrainAsync(), this, preferLocal: false); // for many callers, so in the context of none
            }
        }

        return mine.Outcome.Task.WaitAsync(ct);
    }

    private async Task DrainAsync()
    {
        while (Take() is { Count: > 0 } group) await CommitAsync(group);
    }

    private List<Waiting> Take()
    {
        lock (_gate)
        {
            var group = new List<Waiting>(Math.Min(_waiting.Count, most));
            while (group.Count < most && _waiting.TryDequeue(out var next)) group.Add(next);
            _running = group.Count > 0;
            return group;
        }
    }

    /// <summary>A span in the trace of the first, which the others' traces are linked to.</summary>
    private static Activity? Traced(List<Waiting> group) =>
        group.Find(waiting => waiting.Trace != default) is { } first
            ? Tracing.Source.StartActivity(
                "group commit", ActivityKind.Internal, first.Trace, links: group.Where(waiting => waiting != first && waiting.Trace != default).Select(waiting => new ActivityLink(waiting.Trace)))
            : null;

    private async Task CommitAsync(List<Waiting> group)
    {
        using var span = Traced(group);
        try
        {
            var outcomes = await commitAsync(group.ConvertAll(waiting => waiting.Part));
            for (var at = 0; at < group.Count; at++) group[at].Outcome.SetResult(outcomes[at]);
        }
        catch (Exception error) when (group.Count == 1 || isUnavailable(error))
        {
            foreach (var waiting in group) waiting.Outcome.SetException(error);
        }
        catch
        {
            foreach (var waiting in group) await CommitAsync([waiting]); // one of them is bad; its neighbours are not
        }
    }
}
