namespace Credence.Proofs;

/// <summary>What this room refuses.</summary>
public static class ProofFailures
{
    /// <summary>The organization has nothing on record yet.</summary>
    public static readonly Failure Empty = Failure.NotFound("Nothing is on record yet");

    /// <summary>No such entry.</summary>
    public static readonly Failure NoEntry = Failure.NotFound("There is no such entry");

    /// <summary>What is stored does not fit what was signed: nothing more is signed, so that outsiders notice.</summary>
    public static readonly Failure Damaged = new(
        FailureKind.Conflict, "AUDIT_DAMAGED", "The stored log does not fit its last checkpoint; export it and run credence audit verify to see where");

    /// <summary>The key that signs checkpoints cannot be opened.</summary>
    public static readonly Failure NoKey = new(
        FailureKind.Unavailable,
        "AUDIT_KEY_UNAVAILABLE",
        "The key that signs audit checkpoints cannot be opened: the server needs the DATA_ENCRYPTION_KEY or RSA key it was encrypted under, or `credence audit rotate-key`");

    /// <summary>A size the tree does not have.</summary>
    public static Failure NoSize(string name, long size) => Failure.Invalid($"{name} must be a size the tree has had, from 1 to {size}");
}
