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
    /// <summary>A new id born at <paramref name="now"/>.</summary>
    public static Id<T> New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

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
