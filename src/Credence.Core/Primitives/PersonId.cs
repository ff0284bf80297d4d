using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Credence;

/// <summary>The id of a person: a Snowflake, written as decimal text (design D1).</summary>
/// <param name="Value">41 bits of milliseconds since <see cref="Epoch"/>, 10 of the node that gave it, 12 that count within the millisecond.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PersonId(long Value)
{
    /// <summary>When the milliseconds begin.</summary>
    public static readonly DateTimeOffset Epoch = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How many nodes there can be.</summary>
    public const int Nodes = 1 << 10;

    /// <summary>How many ids a node gives within a millisecond.</summary>
    public const int PerMillisecond = 1 << 12;

    private const int TimeShift = 22;
    private const int NodeShift = 12;

    /// <summary>When it was given.</summary>
    public DateTimeOffset BornAt => Epoch.AddMilliseconds(Value >> TimeShift);

    /// <summary>Which node gave it.</summary>
    public int Node => (int)(Value >> NodeShift) & (Nodes - 1);

    /// <summary>The same as 128 bits, for what is kept by those: revocation marks.</summary>
    public Guid Bits
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            BinaryPrimitives.WriteInt64BigEndian(bytes[8..], Value);
            return new Guid(bytes, bigEndian: true);
        }
    }

    /// <summary>Puts an id together.</summary>
    public static PersonId Of(long milliseconds, int node, int count) => new((milliseconds << TimeShift) | ((long)node << NodeShift) | (long)count);

    /// <summary>Reads decimal digits in their one spelling: no sign, no zero in front.</summary>
    /// <returns>False for anything else; such a text is the id of nobody.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out PersonId id)
    {
        id = default;
        if (text is not { Length: > 0 and <= 19 } || text[0] == '0') return false;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;
        id = new PersonId(value);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
