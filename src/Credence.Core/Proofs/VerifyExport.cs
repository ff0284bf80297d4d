using Credence.Keys;

namespace Credence.Proofs;

/// <summary>Checks an exported log with nothing but the file, the public key, and checkpoints kept from earlier. Holds one line at a time.</summary>
public sealed class VerifyExport
{
    private const int Step = 1024;

    private readonly Findings _findings = new();
    private readonly Dictionary<string, ChainCheck> _chains = new(StringComparer.Ordinal);
    private readonly GrowingRoot _tree = new();
    private readonly CheckpointCheck _checkpoints;
    private readonly TileCheck _tiles;
    private readonly List<(long First, long End)> _empty = [];
    private long _leaves;
    private long _entries;
    private bool _hasGaps;
    private ExportedLog? _log;
    private bool _ended;

    private VerifyExport(IReadOnlyList<SigningKey> keys, IReadOnlyList<Checkpoint> earlier)
    {
        _checkpoints = new CheckpointCheck(keys, earlier, _findings);
        _tiles = new TileCheck(_findings);
    }

    /// <summary>Reads the export to its end.</summary>
    /// <param name="export">The file.</param>
    /// <param name="keys">The public keys that may have signed; whatever keys the file names count for nothing.</param>
    /// <param name="earlier">Checkpoints kept elsewhere, whose signatures are proven.</param>
    /// <param name="ct">Ends the wait.</param>
    public static Task<Verdict> RunAsync(TextReader export, IReadOnlyList<SigningKey> keys, IReadOnlyList<Checkpoint> earlier, CancellationToken ct) =>
        RunAsync(export, keys, earlier, _ => { }, ct);

    /// <summary>The same, telling <paramref name="progress"/> now and then how many lines were read.</summary>
    /// <inheritdoc cref="RunAsync(TextReader, IReadOnlyList{SigningKey}, IReadOnlyList{Checkpoint}, CancellationToken)"/>
    public static async Task<Verdict> RunAsync(
        TextReader export, IReadOnlyList<SigningKey> keys, IReadOnlyList<Checkpoint> earlier, Action<long> progress, CancellationToken ct)
    {
        var check = new VerifyExport(keys, earlier);
        for (var number = 1L; await export.ReadLineAsync(ct) is { } line; number++)
        {
            check.Take(line, number);
            if (number % Step == 0) progress(number);
        }

        return check.End();
    }

    private void Take(string line, long number)
    {
        try
        {
            Take(ExportReader.Read(line), $"line {number}");
        }
        catch (FormatException error)
        {
            _findings.Add(FindingKind.Changed, $"line {number}", error.Message);
        }
    }

    private void Take(object item, string place)
    {
        if (_ended || (item is ExportedLog) == (_log is not null)) throw new FormatException("it does not belong here");
        switch (item)
        {
            case ExportedLog log:
                _log = log;
                _checkpoints.Begin(log.Origin);
                break;
            case PlacedEntry entry: Take(entry, place); break;
            case ExportedTile tile when !_hasGaps: _tiles.Take(tile, _leaves); break;
            case ExportedNote checkpoint:
                _checkpoints.Reached(_leaves, Root);
                _checkpoints.Take(checkpoint.Note, _leaves, Root);
                break;
            case ExportedRetention newest: _checkpoints.TakeRetention(newest.Note); break;
            case ExportedEnd: _ended = true; break;
        }
    }

    private void Take(PlacedEntry entry, string line)
    {
        if (entry.Leaf < _leaves)
        {
            _findings.Add(FindingKind.Changed, line, $"leaf {entry.Leaf} is out of order");
            return;
        }

        if (entry.Leaf > _leaves)
        {
            _findings.Add(FindingKind.Missing, entry.Leaf == _leaves + 1 ? $"leaf {_leaves}" : $"leaf {_leaves} to {entry.Leaf - 1}", "the log goes on behind it");
            _hasGaps = true;
            _leaves = entry.Leaf;
        }

        _checkpoints.Reached(_leaves, Root);
        if (!_chains.TryGetValue(entry.Chain, out var chain)) _chains[entry.Chain] = chain = new ChainCheck(_findings);
        var hash = chain.Take(entry);
        if (entry.Body is null) MarkEmpty(entry.Leaf);
        if (!_hasGaps)
        {
            _tree.Add(hash);
            _tiles.Add(hash);
        }

        _leaves++;
        _entries++;
    }

    /// <summary>The root so far; null where a gap keeps it from being known.</summary>
    private byte[]? Root() => _hasGaps ? null : _tree.Root();

    /// <summary>Neighbours are kept as one: retention empties from the front.</summary>
    private void MarkEmpty(long leaf)
    {
        if (_empty.Count > 0 && _empty[^1].End == leaf) _empty[^1] = (_empty[^1].First, leaf + 1);
        else _empty.Add((leaf, leaf + 1));
    }

    private Verdict End()
    {
        _checkpoints.Reached(_leaves, Root);
        _checkpoints.End(_leaves);
        if (!_ended) _findings.Add(FindingKind.Truncated, $"leaf {_leaves}", "the file ends before its last line");
        if (_log is not null && _leaves < _log.Size) _findings.Add(FindingKind.Truncated, $"leaf {_leaves}", $"the log ends here, and says it has {_log.Size} leaves");

        var allowed = _checkpoints.Dropped;
        foreach (var (first, end) in _empty.Where(range => range.End > allowed))
        {
            _findings.Add(FindingKind.Changed, $"leaf {Math.Max(first, allowed)} to {end - 1}", "the text is gone, and no checkpoint says that it may be");
        }

        var dropped = _empty.Sum(range => Math.Max(0, Math.Min(range.End, allowed) - range.First));
        return new Verdict(_log?.Origin ?? "", _entries, dropped, _checkpoints.Count, _checkpoints.Last, _checkpoints.Kept, _findings.Kept, _findings.Count);
    }
}
