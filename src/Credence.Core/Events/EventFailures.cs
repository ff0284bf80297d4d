namespace Credence.Events;

/// <summary>Why an event stream is refused.</summary>
public static class EventFailures
{
    /// <summary>The organization has as many streams of this kind as it may (contract grantex-core 9).</summary>
    public static readonly Failure TooManyStreams = new(
        FailureKind.TooMany, "TOO_MANY_CONNECTIONS", $"This organization's event streams are all in use, retry in {StreamPlaces.Life.TotalSeconds:0} seconds");

    /// <summary>The event to resume after is not kept any more, so what came after it cannot be told for certain.</summary>
    public static readonly Failure NotKept = new(
        FailureKind.Gone, "GONE", "The event to resume after is not known, or not kept any more: read the current state, and open the stream without it");
}
