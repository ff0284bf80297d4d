using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.MemoryMappedFiles;

namespace Credence.Usage;

/// <summary>
/// One day's verifications of this process, as a file that is mapped into memory: counting is a write to memory, and what was counted is in the
/// file even when the process is killed the next moment. The file's name says the day and the stripe; each slot is an organization's id and its count.
/// </summary>
internal sealed class VerificationJournal : IDisposable
{
    /// <summary>How many organizations one journal takes; after that another is begun.</summary>
    public const int Capacity = 16_384;

    private const int IdSize = 16;
    private const int SlotSize = IdSize + sizeof(long);
    private const string DayFormat = "yyyy-MM-dd";
    private const string Extension = ".usage";

    private readonly ConcurrentDictionary<Guid, Slot> _slots = new();
    private readonly string? _file;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private int _taken;

    private VerificationJournal(string stripe, DateTimeOffset day, string? file, MemoryMappedFile map)
    {
        Stripe = stripe;
        Day = day;
        _file = file;
        _map = map;
        _view = map.CreateViewAccessor();
    }

    /// <summary>An organization's place in the file.</summary>
    /// <param name="offset">Where its count is.</param>
    private sealed class Slot(long offset)
    {
        public long Offset => offset;

        public long Count { get; set; }

        public long Stored { get; set; }
    }

    /// <summary>The name of its rows in the database: no other journal ever has it.</summary>
    public string Stripe { get; }

    /// <summary>The day it counts.</summary>
    public DateTimeOffset Day { get; }

    /// <summary>Whether it is another process's, so that nobody counts in it any more.</summary>
    public bool IsAdopted { get; private init; }

    /// <summary>Begins a journal in <paramref name="folder"/>, or in memory alone when that is null.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static VerificationJournal Begin(string? folder, DateTimeOffset day)
    {
        var stripe = $"j_{Guid.NewGuid():n}";
        if (folder is null) return new VerificationJournal(stripe, day, null, MemoryMappedFile.CreateNew(null, Capacity * SlotSize));
        var file = Path.Combine(folder, day.ToString(DayFormat, CultureInfo.InvariantCulture) + "." + stripe + Extension);
        var stream = new FileStream(file, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        stream.Write(new byte[Capacity * SlotSize]); // written, not only sized: a mapped page that the disk has no room for would end the process
        stream.Flush();
        return new VerificationJournal(stripe, day, file, Map(stream));
    }

    /// <summary>Takes over the journals in <paramref name="folder"/> that no process holds: their own did not live to store them.</summary>
    public static IEnumerable<VerificationJournal> Adopt(string folder)
    {
        foreach (var file in Directory.GetFiles(folder, "*" + Extension))
        {
            if (Path.GetFileNameWithoutExtension(file).Split('.') is not [var dayText, var stripe]) continue;
            if (!DateTimeOffset.TryParseExact(dayText, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day)) continue;
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

            var journal = new VerificationJournal(stripe, day, file, Map(stream)) { IsAdopted = true };
            journal.ReadBack();
            yield return journal;
        }
    }

    /// <summary>Counts one verification.</summary>
    /// <returns>False when the journal has no place for another organization.</returns>
    public bool TryCount(Guid organization)
    {
        if (!_slots.TryGetValue(organization, out var slot) && (slot = Take(organization)) is null) return false;
        lock (slot) _view.Write(slot.Offset, ++slot.Count);
        return true;
    }

    /// <summary>What was counted and not yet stored.</summary>
    public IEnumerable<(Guid Organization, long Count)> Unstored()
    {
        foreach (var (organization, slot) in _slots)
        {
            lock (slot)
            {
                if (slot.Count == slot.Stored) continue;
            }

            yield return (organization, slot.Count);
        }
    }

    /// <summary>Remembers that the database has <paramref name="count"/> of an organization.</summary>
    public void MarkStored(Guid organization, long count)
    {
        var slot = _slots[organization];
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

    private Slot? Take(Guid organization)
    {
        lock (_slots)
        {
            if (_slots.TryGetValue(organization, out var there)) return there;
            if (_taken == Capacity) return null;
            var start = (long)_taken++ * SlotSize;
            _view.WriteArray(start, organization.ToByteArray(bigEndian: true), 0, IdSize);
            return _slots[organization] = new Slot(start + IdSize);
        }
    }

    private void ReadBack()
    {
        var bytes = new byte[Capacity * SlotSize];
        _view.ReadArray(0, bytes, 0, bytes.Length);
        for (; _taken < Capacity; _taken++)
        {
            var slot = bytes.AsSpan(_taken * SlotSize, SlotSize);
            var count = BinaryPrimitives.ReadInt64LittleEndian(slot[IdSize..]);
            if (count > 0) _slots[new Guid(slot[..IdSize], bigEndian: true)] = new Slot((_taken * SlotSize) + IdSize) { Count = count };
        }
    }
}
