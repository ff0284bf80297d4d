using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.MemoryMappedFiles;

namespace Credence.Usage;

/// <summary>
/// What this process counted in one period, as a file that is mapped into memory: counting is a write to memory, and what was counted is in the
/// file even when the process is killed the next moment. The file's name says the period and the stripe; each slot is a key and its count.
/// </summary>
/// <typeparam name="TKey">What is counted apart.</typeparam>
internal sealed class CountJournal<TKey> : IDisposable
    where TKey : struct, IJournalKey<TKey>
{
    /// <summary>How many keys one journal takes; after that another is begun.</summary>
    public const int Capacity = 16_384;

    private static readonly int SlotSize = TKey.Size + sizeof(long);

    private readonly ConcurrentDictionary<TKey, Slot> _slots = new();
    private readonly string? _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private int _taken;

    private CountJournal(string stripe, DateTimeOffset period, string? file, MemoryMappedFile map)
    {
        Stripe = stripe;
        Period = period;
        _file = file;
        _map = map;
        _view = map.CreateViewAccessor();
    }

    /// <summary>A key's place in the file.</summary>
    /// <param name="offset">Where its count is.</param>
    private sealed class Slot(long offset)
    {
        public long Offset => offset;

        public long Count { get; set; }

        public long Stored { get; set; }
    }

    /// <summary>The name of its rows in the database: no other journal ever has it.</summary>
    public string Stripe { get; }

    /// <summary>When the period began that it counts.</summary>
    public DateTimeOffset Period { get; }

    /// <summary>Whether it is another process's, so that nobody counts in it any more.</summary>
    public bool IsAdopted { get; private init; }

    /// <summary>Begins a journal in <paramref name="folder"/>, or in memory alone when that is null.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static CountJournal<TKey> Begin(string? folder, DateTimeOffset period)
    {
        var stripe = $"j_{Guid.NewGuid():n}";
        if (folder is null) return new CountJournal<TKey>(stripe, period, null, MemoryMappedFile.CreateNew(null, Capacity * SlotSize));
        var file = Path.Combine(folder, period.ToString(TKey.PeriodFormat, CultureInfo.InvariantCulture) + "." + stripe + TKey.Extension);
        var stream = new FileStream(file, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        stream.Write(new byte[Capacity * SlotSize]); // written, not only sized: a mapped page that the disk has no room for would end the process
        stream.Flush();
        return new CountJournal<TKey>(stripe, period, file, Map(stream));
    }

    /// <summary>Takes over the journals in <paramref name="folder"/> that no process holds: their own did not live to store them.</summary>
    public static IEnumerable<CountJournal<TKey>> Adopt(string folder)
    {
        foreach (var file in Directory.GetFiles(folder, "*" + TKey.Extension))
        {
            if (Path.GetFileNameWithoutExtension(file).Split('.') is not [var periodText, var stripe]) continue;
            if (!DateTimeOffset.TryParseExact(periodText, TKey.PeriodFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var period)) continue;
            FileStream stream;
            try
            {
                stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                continue; // a living process's, or taken over by another meanwhile
            }

            if (stream.Length != Capacity * SlotSize)
            {
                stream.Dispose(); // its process ended before it had begun to count
                File.Delete(file);
                continue;
            }

            var journal = new CountJournal<TKey>(stripe, period, file, Map(stream)) { IsAdopted = true };
            journal.ReadBack();
            yield return journal;
        }
    }

    /// <summary>Counts one.</summary>
    /// <returns>False when the journal has no place for another key.</returns>
    public bool TryCount(TKey key)
    {
        if (!_slots.TryGetValue(key, out var slot) && (slot = Take(key)) is null) return false;
        lock (slot) _view.Write(slot.Offset, ++slot.Count);
        return true;
    }

    /// <summary>What was counted and not yet stored.</summary>
    public IEnumerable<Unstored<TKey>> Unstored()
    {
        foreach (var (key, slot) in _slots)
        {
            Unstored<TKey> found;
            lock (slot) found = new Unstored<TKey>(key, slot.Count, slot.Count - slot.Stored);
            if (found.More > 0) yield return found;
        }
    }

    /// <summary>Remembers that the database has <paramref name="count"/> of a key.</summary>
    public void MarkStored(TKey key, long count)
    {
        var slot = _slots[key];
        lock (slot) slot.Stored = count;
    }

    /// <summary>Closes it; the file goes when the database has everything in it.</summary>
    public void Dispose()
    {
        var done = !Unstored().Any();
        _view.Dispose();
        _map.Dispose();
        if (done && _file is not null) File.Delete(_file);
    }

    private static MemoryMappedFile Map(FileStream stream) =>
        MemoryMappedFile.CreateFromFile(stream, null, Capacity * SlotSize, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);

    private Slot? Take(TKey key)
    {
        lock (_slots)
        {
            if (_slots.TryGetValue(key, out var there)) return there;
            if (_taken == Capacity) return null;
            var start = (long)_taken++ * SlotSize;
            var bytes = new byte[TKey.Size];
            key.Write(bytes);
            _view.WriteArray(start, bytes, 0, bytes.Length);
            return _slots[key] = new Slot(start + TKey.Size);
        }
    }

    private void ReadBack()
    {
        var bytes = new byte[Capacity * SlotSize];
        _view.ReadArray(0, bytes, 0, bytes.Length);
        for (; _taken < Capacity; _taken++)
        {
            var slot = bytes.AsSpan(_taken * SlotSize, SlotSize);
            var count = BinaryPrimitives.ReadInt64LittleEndian(slot[TKey.Size..]);
            if (count > 0) _slots[TKey.Read(slot)] = new Slot(((long)_taken * SlotSize) + TKey.Size) { Count = count };
        }
    }
}

/// <summary>What was counted of a key and is not stored.</summary>
/// <param name="Key">Of what.</param>
/// <param name="Count">How often in all, in this journal.</param>
/// <param name="More">How many of them are not stored.</param>
internal readonly record struct Unstored<TKey>(TKey Key, long Count, long More);
