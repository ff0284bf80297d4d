namespace Credence.Compliance;

/// <summary>What is wrong with an entry.</summary>
public enum ChainBreak
{
    /// <summary>It does not follow the entry before it, or what should follow is missing.</summary>
    Link,

    /// <summary>It is not what was hashed when it was logged.</summary>
    Content,

    /// <summary>Chain and hashes hold, and yet the log is not the one whose checkpoints were signed.</summary>
    Checkpoint,
}

/// <summary>Whether a chain holds, over a part of it (contract grantex-enterprise 2).</summary>
/// <param name="Checked">How many entries held, up to the first that did not.</param>
/// <param name="Emptied">How many of which only the hashes are left, as retention may.</param>
/// <param name="FirstBroken">The first entry that does not hold; null when all do.</param>
/// <param name="Reason">Why it does not.</param>
public sealed record ChainIntegrity(long Checked, long Emptied, string? FirstBroken, ChainBreak? Reason)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsValid => Reason is null;
}
