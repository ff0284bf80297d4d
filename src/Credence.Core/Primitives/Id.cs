using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Credence;

/// <summary>A thing that has an <see cref="Id{T}"/>, and how that id begins when it is written.</summary>
public interface IIdentified
{
    /// <summary>What stands before the 26 characters, underscore included: <c>ag_</c> (contract grantex 4.1).</summary>
    static abstract string IdPrefix { get; }
}

/// <summary>The id of one <typeparamref name="T"/>: 128 bits of a UUIDv7, written as a prefix and a ULID, sortable by birth.</summary>
/// <param name="Value">The bits.</param>
public readonly record struct Id<T>(Guid Value) : IComparable<Id<T>>
    where T : IIdentified
{
    private const ulong CountMask = (1UL << 62) - 1;

    /// <summary>When it was born, to the millisecond (RFC 9562 5.7).</summary>
    public DateTimeOffset BornAt
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            return DateTimeOffset.FromUnixTimeMilliseconds((long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16));
        }
    }

    /// <summary>A new id born at <paramref name="now"/>.</summary>
    public static Id<T> New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    /// <summary>A new id that sorts behind <paramref name="previous"/>, whatever the clock says: born at <paramref name="now"/>, or no earlier than that one.</summary>
    public static Id<T> NewAfter(Id<T>? previous, DateTimeOffset now)
    {
        if (previous is not { } last || now > last.BornAt) return New(now);
        Span<byte> bytes = stackalloc byte[16];
        last.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        var count = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]); // two bits of variant and 62 of chance, which count up within a millisecond
        if ((count & CountMask) == CountMask) return New(last.BornAt.AddMilliseconds(1));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], count + 1);
        return new Id<T>(new Guid(bytes, bigEndian: true));
    }

    /// <summary>The least id that can be born at <paramref name="at"/>: all that were born before sort before it.</summary>
    public static Id<T> Least(DateTimeOffset at)
    {
        Span<byte> bits = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bits, at.ToUnixTimeMilliseconds() << 16); // RFC 9562, 5.7: 48 bits of milliseconds lead
        return new(new Guid(bits, bigEndian: true));
    }

    /// <summary>Reads <c>prefix + ULID</c> in its one spelling: the right prefix, upper case, 26 characters.</summary>
    /// <returns>False for anything else; such a text is the id of nothing.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out Id<T> id)
    {
        id = default;
        if (text is null || !text.StartsWith(T.IdPrefix, StringComparison.Ordinal)) return false;
        if (!Ulid.TryParse(text.AsSpan(T.IdPrefix.Length), out var value)) return false;
        id = new Id<T>(value);
        return true;
    }

    /// <summary>Reads an id that this server wrote.</summary>
    /// <exception cref="FormatException">The text is not one.</exception>
    public static Id<T> Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"not an id that begins with {T.IdPrefix}");

    /// <inheritdoc/>
    public int CompareTo(Id<T> other) => string.CompareOrdinal(ToString(), other.ToString());

    /// <inheritdoc/>
    public override string ToString() => T.IdPrefix + Ulid.Format(Value);

    /// <summary>Orders by birth.</summary>
    public static bool operator <(Id<T> left, Id<T> right) => left.CompareTo(right) < 0;

    /// <summary>Orders by birth.</summary>
    public static bool operator >(Id<T> left, Id<T> right) => left.CompareTo(right) > 0;

    /// <summary>Orders by birth.</summary>
    public static bool operator <=(Id<T> left, Id<T> right) => left.CompareTo(right) <= 0;

    /// <summary>Orders by birth.</summary>
    public static bool operator >=(Id<T> left, Id<T> right) => left.CompareTo(right) >= 0;
}
