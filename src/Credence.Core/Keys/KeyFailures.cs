namespace Credence.Keys;

/// <summary>What the key commands refuse.</summary>
internal static class KeyFailures
{
    public static readonly Failure NoSuchKey = Failure.NotFound("No such key.");

    public static readonly Failure IsCurrent = new(
        FailureKind.Conflict, "KEY_IS_CURRENT", "This key signs now: rotate first. If it has leaked, retire it with --now, which refuses all its tokens.");

    public static Failure IsNotKept(KeyAlgorithm algorithm) => new(
        FailureKind.Conflict, "KEY_IS_NOT_KEPT", $"The database keeps no {algorithm} key: that needs DATA_ENCRYPTION_KEY.");

    public static Failure IsGiven(string source) => new(
        FailureKind.Conflict, "KEY_IS_GIVEN", $"This key is given by {source}: replace it there, and the old one goes on verifying.");
}
