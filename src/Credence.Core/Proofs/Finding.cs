namespace Credence.Proofs;

/// <summary>What can be wrong with an exported log (contract standards 22).</summary>
public enum FindingKind
{
    /// <summary>Something is not what it was.</summary>
    Changed,

    /// <summary>Something that lay between others is not there.</summary>
    Missing,

    /// <summary>The end is not there.</summary>
    Truncated,

    /// <summary>No checkpoint that the given key signed covers it.</summary>
    Unanchored,
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Kind">What sort.</param>
/// <param name="Place">Where: <c>system 17 (leaf 40)</c>.</param>
/// <param name="What">What was found there.</param>
public sealed record Finding(FindingKind Kind, string Place, string What);

/// <summary>What a check of an export came to.</summary>
/// <param name="Origin">Which log it says it is.</param>
/// <param name="Entries">How many entries it holds.</param>
/// <param name="Dropped">How many of them lost their bodies to retention, as a checkpoint allows.</param>
/// <param name="Checkpoints">How many checkpoints bear the key's signature.</param>
/// <param name="Last">The last of them.</param>
/// <param name="Kept">How many checkpoints of this log, kept elsewhere, it was held against.</param>
/// <param name="Findings">What is wrong, the first <see cref="Findings.Most"/>.</param>
/// <param name="FindingCount">How many things are wrong.</param>
public sealed record Verdict(
    string Origin, long Entries, long Dropped, long Checkpoints, Checkpoint? Last, int Kept, IReadOnlyList<Finding> Findings, long FindingCount)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool Holds => FindingCount == 0;
}

/// <summary>Collects findings; a file that is wrong everywhere must not fill the memory.</summary>
public sealed class Findings
{
    /// <summary>How many are kept.</summary>
    public const int Most = 1000;

    private readonly List<Finding> _kept = [];

    /// <summary>Those that were kept.</summary>
    public IReadOnlyList<Finding> Kept => _kept;

    /// <summary>How many there were.</summary>
    public long Count { get; private set; }

    internal void Add(FindingKind kind, string place, string what)
    {
        Count++;
        if (_kept.Count < Most) _kept.Add(new Finding(kind, place, what));
    }
}
