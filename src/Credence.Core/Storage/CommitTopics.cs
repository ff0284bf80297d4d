using System.Collections.Concurrent;

namespace Credence.Storage;

/// <summary>Who in this process wants to know that a transaction of some topic was committed.</summary>
internal sealed class CommitTopics
{
    private readonly ConcurrentDictionary<string, Action[]> _listeners = new(StringComparer.Ordinal);

    /// <summary>Adds a listener.</summary>
    public void Add(string topic, Action heard) => _listeners.AddOrUpdate(topic, _ => [heard], (_, others) => [.. others, heard]);

    /// <summary>Calls the topic's listeners.</summary>
    public void Tell(string topic)
    {
        foreach (var heard in _listeners.GetValueOrDefault(topic, [])) heard();
    }
}
