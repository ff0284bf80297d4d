using System.ComponentModel.DataAnnotations;

namespace Credence.Events;

/// <summary>Event streams: how many, and how often a quiet one says that it is alive (contract grantex-core 9).</summary>
public sealed class EventStreamOptions
{
    /// <summary>Streams of one kind, SSE or WebSocket, that an organization may have open on all nodes together (<c>EVENT_STREAMS_PER_ORGANIZATION</c>).</summary>
    [Range(1, 1_000)]
    public int PerOrganization { get; set; } = 5;

    /// <summary>The time between two comments, or two pings (<c>EVENT_STREAM_KEEPALIVE</c>).</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(30);
}
