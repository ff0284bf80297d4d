using System.Collections.Concurrent;
using Credence.State;
using Credence.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Credence.Tests.State;

/// <summary>Opens shared state as a node of the server does, and waits for what happens in its own time.</summary>
internal static class StateNodes
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A node's state, connected.</summary>
    public static async Task<ISharedState> OpenAsync(StateKind kind)
    {
        if (kind == StateKind.Embedded) return new EmbeddedState(NullLogger<EmbeddedState>.Instance);
        var redis = Open(RedisServer.SharedUrl);
        await UntilAsync(() => redis.PingAsync(TestContext.Current.CancellationToken));
        return redis;
    }

    /// <summary>A node's state on Redis, connected or not. It is patient, so that a busy test machine does not pass for an outage.</summary>
    public static RedisState Open(string url, ILogger<RedisState>? log = null, TimeSpan? answerWithin = null, bool sharesWindows = true) =>
        new(RedisUrl.Parse(url), TimeProvider.System, answerWithin ?? Patience, log ?? NullLogger<RedisState>.Instance, metrics: null, sharesWindows);

    /// <summary>Waits until something has come true; fails the test when it never does.</summary>
    public static async Task UntilAsync(Func<Task<bool>> happened)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (!await happened()) await Task.Delay(20, patience.Token);
    }

    /// <summary>Publishes until it was heard: a message is best effort, and a subscription takes a moment to reach Redis.</summary>
    public static async Task HearsAsync(this ISharedState from, string channel, ConcurrentQueue<string> heard)
    {
        var message = Guid.NewGuid().ToString();
        await UntilAsync(() =>
        {
            from.Publish(channel, message);
            return Task.FromResult(heard.Contains(message));
        });
    }
}

/// <summary>Keeps what was logged.</summary>
internal sealed class KeptLog : ILogger<RedisState>
{
    /// <summary>The ids of the events, in order.</summary>
    public ConcurrentQueue<int> Events { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Events.Enqueue(eventId.Id);
}
