namespace Credence.Proofs;

/// <summary>How the audit log is proven and how long its texts are kept.</summary>
public sealed class ProofOptions
{
    /// <summary>The first part of every log's name, an address without scheme: <c>credence.example.com</c>. A log keeps the one of its first checkpoint.</summary>
    public string Origin { get; set; } = "localhost";

    /// <summary>How long an organization's new entries wait for a checkpoint by themselves, at most.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How many new entries make a checkpoint sooner.</summary>
    public int Entries { get; set; } = 1000;

    /// <summary>How long bodies of entries are kept; null for ever.</summary>
    public TimeSpan? Retention { get; set; }

    /// <summary>Gets every checkpoint, one after the other; null for no such file.</summary>
    public string? CheckpointFile { get; set; }
}
