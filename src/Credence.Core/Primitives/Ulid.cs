using System.Buffers.Binary;

namespace Credence;

/// <summary>The text form of 128 bits in Crockford's base 32, as the ULID specification writes them: 26 characters, most significant first.</summary>
public static class Ulid
{
    /// <summary>How many characters a ULID has.</summary>
    public const int Length = 26;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>Writes the bits of <paramref name="value"/> in network order.</summary>
    public static string Format(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        var bits = BinaryPrimitives.ReadUInt128BigEndian(bytes);

        Span<char> text = stackalloc char[Length];
        for (var at = Length - 1; at >= 0; at--)
        {
            text[at] = Alphabet[(int)(bits & 31)];
            bits >>= 5;
        }

        return new string(text);
    }

    /// <summary>Reads 26 upper-case characters; no other spelling of the same bits is taken.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Guid value)
    {
        value = default;
        if (text.Length != Length || text[0] > '7') return false; // 26 * 5 = 130 bits: the first character has only three

        UInt128 bits = 0;
        foreach (var character in text)
        {
            var digit = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (digit < 0) return false;
            bits = (bits << 5) | (uint)digit;
        }

        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        value = new Guid(bytes, bigEndian: true);
        return true;
    }
}
