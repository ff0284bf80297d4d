using Credence.Keys;

namespace Credence.Proofs;

/// <summary>Holds the tree of an export against checkpoints: those in it, which form one line, and those somebody kept from earlier.</summary>
internal sealed class CheckpointCheck(IReadOnlyList<SigningKey> keys, IEnumerable<Checkpoint> earlier, Findings findings)
{
    private Queue<Checkpoint> _earlier = [];
    private long _foreign;
    private long _firstForeign;
    private bool _rootsDiffer;
    private long _reaches;

    /// <summary>The log these checkpoints must be of.</summary>
    public string Origin { get; private set; } = "";

    /// <summary>How many checkpoints of this log somebody kept.</summary>
    public int Kept { get; private set; }

    /// <summary>The last one that the key signed.</summary>
    public Checkpoint? Last { get; private set; }

    /// <summary>How many the key signed.</summary>
    public long Count { get; private set; }

    /// <summary>Up to which leaf bodies may be missing.</summary>
    public long Dropped { get; private set; }

    /// <summary>Called first, with the log's name.</summary>
    public void Begin(string origin)
    {
        Origin = origin;
        _earlier = new Queue<Checkpoint>(earlier.Where(kept => kept.Origin == origin).OrderBy(kept => kept.Size));
        Kept = _earlier.Count;
    }

    /// <summary>Called when the tree has come to a size, for the checkpoints somebody kept.</summary>
    public void Reached(long size, Func<byte[]?> root)
    {
        while (_earlier.TryPeek(out var kept) && kept.Size == size) Compare(_earlier.Dequeue(), root(), "a checkpoint that was kept elsewhere");
    }

    /// <summary>Takes a checkpoint of the export, behind the entries it covers.</summary>
    public void Take(string note, long size, Func<byte[]?> root)
    {
        if (Signed(note) is not { } checkpoint)
        {
            if (_foreign++ == 0) _firstForeign = size;
            return;
        }

        if (Last is not null && !Merkle.Same(checkpoint.Previous, Last.TextHash()))
        {
            findings.Add(FindingKind.Missing, $"checkpoint between sizes {Last.Size} and {checkpoint.Size}", "the later one does not name the earlier one");
        }
        else if (Last is null && checkpoint.Previous is not null)
        {
            findings.Add(FindingKind.Missing, $"checkpoint before size {checkpoint.Size}", "this one names one before it");
        }

        (Last, Count, Dropped) = (checkpoint, Count + 1, Math.Max(Dropped, checkpoint.Dropped));
        if (checkpoint.Size == size) Compare(checkpoint, root(), "a signed checkpoint");
        else if (checkpoint.Size > size) findings.Add(FindingKind.Truncated, $"leaf {size}", $"the log ends here, and a checkpoint of {checkpoint.Size} leaves was signed");
        else findings.Add(FindingKind.Changed, $"checkpoint of size {checkpoint.Size}", $"it comes behind {size} leaves");
    }

    /// <summary>Takes the newest checkpoint, which the export need not reach, for what it says about retention.</summary>
    public void TakeRetention(string note)
    {
        if (Signed(note) is { } checkpoint) Dropped = Math.Max(Dropped, checkpoint.Dropped);
    }

    /// <summary>The export is over.</summary>
    public void End(long size)
    {
        foreach (var kept in _earlier)
        {
            findings.Add(FindingKind.Truncated, $"leaf {size}", $"the log ends here, and a checkpoint of {kept.Size} leaves was kept elsewhere");
        }

        if (_foreign > 0)
        {
            findings.Add(FindingKind.Unanchored, $"{_foreign} checkpoints, the first at size {_firstForeign}", "the key given did not sign them for this log");
        }

        var covered = Last?.Size ?? 0;
        if (covered < size) findings.Add(FindingKind.Unanchored, $"leaf {covered} to {size - 1}", "no checkpoint that the key signed covers them");
    }

    private Checkpoint? Signed(string note)
    {
        if (SignedNote.TextOf(note) is not { } text || Checkpoint.Parse(text) is not { } checkpoint || checkpoint.Origin != Origin) return null;
        return keys.Any(key => SignedNote.IsSignedBy(note, new NoteKey(checkpoint.Origin, key))) ? checkpoint : null;
    }

    /// <summary>Roots that differ once differ ever after: the first names the place, between it and the last that fitted.</summary>
    private void Compare(Checkpoint checkpoint, byte[]? root, string which)
    {
        if (root is null || _rootsDiffer) return; // what is missing is reported already
        if (Merkle.Same(checkpoint.Root, root))
        {
            _reaches = checkpoint.Size;
            return;
        }

        _rootsDiffer = true;
        findings.Add(FindingKind.Changed, $"leaf {_reaches} to {checkpoint.Size - 1}", $"{which} of {checkpoint.Size} leaves has another root; from here on none fits");
    }
}
