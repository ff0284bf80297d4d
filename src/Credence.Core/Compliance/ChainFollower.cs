using Credence.Audit;

namespace Credence.Compliance;

/// <summary>
/// Follows a chain entry by entry while it passes by: numbers without gaps, each naming the hash before it, each text what was hashed,
/// up to the end that the head names. The hash before the first one is believed (contract grantex-enterprise 2).
/// </summary>
/// <param name="span">The part that passes by.</param>
/// <param name="head">The chain's end, from before or with <paramref name="span"/>.</param>
/// <param name="dropped">Asks anew for the leaf below which a signed checkpoint lets texts be missing (decision 15).</param>
internal sealed class ChainFollower(LoggedSpan span, LoggedHead head, Func<CancellationToken, Task<long>> dropped)
{
    private StoredEntry? _last;
    private long _checked;
    private long _emptied;
    private long _mayBeEmptied;
    private string? _firstBroken;
    private ChainBreak? _reason;

    /// <summary>Takes the next entry.</summary>
    public async ValueTask TakeAsync(StoredEntry entry, CancellationToken ct)
    {
        if (_reason is not null) return;
        if (!Follows(entry)) Break(entry.Id, ChainBreak.Link);
        else if (!(entry.IsEmptied ? await MayBeEmptiedAsync(entry, ct) : entry.IsSound)) Break(entry.Id, ChainBreak.Content);
        else if (entry.IsEmptied) _emptied++;
        else _checked++;
        _last = entry;
    }

    /// <summary>What was found, once everything has passed by.</summary>
    public ChainIntegrity End()
    {
        var isShort = span.End > span.After && _last?.Sequence != span.End;
        var isAnother = span.End == head.Sequence && _last?.Sequence == span.End && _last.Hash != head.Hash;
        if (_reason is null && (isShort || isAnother)) Break(isShort ? head.Id : _last?.Id, ChainBreak.Link);
        return new ChainIntegrity(_checked, _emptied, _firstBroken, _reason);
    }

    private bool Follows(StoredEntry entry) =>
        entry.Sequence == (_last?.Sequence ?? span.After) + 1 && (_last is null || entry.PreviousHash == _last.Hash);

    private async ValueTask<bool> MayBeEmptiedAsync(StoredEntry entry, CancellationToken ct)
    {
        if (entry.Leaf is not { } leaf) return false;
        if (leaf >= _mayBeEmptied) _mayBeEmptied = await dropped(ct); // retention may have gone on since it was asked
        return leaf < _mayBeEmptied;
    }

    private void Break(string? at, ChainBreak reason) => (_firstBroken, _reason) = (at, reason);
}
