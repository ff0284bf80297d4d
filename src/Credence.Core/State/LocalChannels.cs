using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Credence.State;

/// <summary>Who in this process listens to which channel.</summary>
internal sealed class LocalChannels(ILogger log)
{
    private readonly ConcurrentDictionary<string, Action<string>[]> _channels = new();

    /// <summary>The channels that somebody listens to.</summary>
    public ICollection<string> Names => _channels.Keys;

    /// <summary>Adds a listener.</summary>
    /// <returns>Whether it is the channel's first.</returns>
    public bool Add(string channel, Action<string> heard) =>
        _channels.AddOrUpdate(channel, _ => [heard], (_, others) => [.. others, heard]).Length == 1;

    /// <summary>Calls every listener of the channel; one that throws does not keep the message from the others.</summary>
    public void Deliver(string channel, string message)
    {
        foreach (var heard in _channels.GetValueOrDefault(channel, []))
        {
            try
            {
                heard(message);
            }
            catch (Exception error)
            {
                Log.ListenerFailed(log, channel, error);
            }
        }
    }
}
