using Credence.Events;

namespace Credence.Server.Grants.Streams;

/// <summary>How events reach a caller: as lines of an answer, or as frames of a WebSocket.</summary>
internal interface IEventWire
{
    /// <summary>How long a caller may take to accept what was sent, before the connection is given up; it can resume.</summary>
    static readonly TimeSpan AcceptWithin = TimeSpan.FromSeconds(60);

    /// <summary>Sends what there is, which may be nothing; called at least once a second.</summary>
    /// <exception cref="TimeoutException">The caller has accepted nothing for <see cref="AcceptWithin"/>.</exception>
    Task SendAsync(IReadOnlyList<ToldEvent> events, CancellationToken ct);
}

/// <summary>Why a stream ended.</summary>
internal enum StreamEnd
{
    /// <summary>The caller left, or said something that ended it.</summary>
    CallerLeft,

    /// <summary>The caller accepts nothing any more.</summary>
    CallerStuck,

    /// <summary>The API key is no longer valid.</summary>
    KeyEnded,

    /// <summary>Whether the key is still valid cannot be known any more, or the server stops: the caller may come back.</summary>
    TryAgain,
}
