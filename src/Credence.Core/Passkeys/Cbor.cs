using System.Buffers.Binary;
using System.Text;

namespace Credence.Passkeys;

/// <summary>
/// Reads CBOR (RFC 8949) as authenticators write it (CTAP 2.1 section 8): lengths are given, nothing is tagged and nothing is deep. Whole numbers come as
/// <see cref="long"/>, bytes as <see cref="ReadOnlyMemory{T}"/>, text, booleans and null as themselves, arrays as lists, maps as dictionaries.
/// </summary>
internal ref struct Cbor(ReadOnlyMemory<byte> bytes)
{
    private const int Deepest = 8; // CTAP allows 4; a statement of another format than ours may have a little more

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private int _at;

    private enum Major
    {
        Unsigned,
        Negative,
        Bytes,
        Text,
        List,
        Map,
        Tag,
        Simple,
    }

    /// <summary>Reads the one value that <paramref name="bytes"/> is.</summary>
    /// <exception cref="FormatException">It is not one, or something comes after it.</exception>
    public static object? Read(ReadOnlyMemory<byte> bytes)
    {
        var value = ReadFirst(bytes, out var length);
        return length == bytes.Length ? value : throw new FormatException("bytes after the value");
    }

    /// <summary>Reads the value that <paramref name="bytes"/> begins with.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static object? ReadFirst(ReadOnlyMemory<byte> bytes, out int length)
    {
        var reader = new Cbor(bytes);
        var value = reader.Value(0);
        length = reader._at;
        return value;
    }

    private object? Value(int depth)
    {
        if (depth > Deepest) throw new FormatException("too deep");
        var first = Take(1)[0];
        var major = (Major)(first >> 5);
        if (major == Major.Simple) return Simple(first & 0x1f);
        var number = Number(first & 0x1f);
        return major switch
        {
            Major.Unsigned => number,
            Major.Negative => -1 - number,
            Major.Bytes => TakeMemory(number),
            Major.Text => Text(number),
            Major.List => List(number, depth),
            Major.Map => Map(number, depth),
            _ => throw new FormatException("tagged"),
        };
    }

    private static object? Simple(int value) => value switch
    {
        20 => false,
        21 => true,
        22 => null,
        _ => throw new FormatException("a simple value that no authenticator writes"),
    };

    private long Number(int info) => info switch
    {
        < 24 => info,
        24 => Take(1)[0],
        25 => BinaryPrimitives.ReadUInt16BigEndian(Take(2)),
        26 => BinaryPrimitives.ReadUInt32BigEndian(Take(4)),
        27 => BinaryPrimitives.ReadInt64BigEndian(Take(8)) is >= 0 and var large ? large : throw new FormatException("too large a number"),
        _ => throw new FormatException("a length that is not given"),
    };

    private string Text(long length)
    {
        try
        {
            return Strict.GetString(TakeMemory(length).Span);
        }
        catch (DecoderFallbackException error)
        {
            throw new FormatException("text that is not UTF-8", error);
        }
    }

    private List<object?> List(long count, int depth)
    {
        if (count > bytes.Length - _at) throw new FormatException("more items than bytes");
        var list = new List<object?>((int)count);
        for (var i = 0L; i < count; i++) list.Add(Value(depth + 1));
        return list;
    }

    private Dictionary<object, object?> Map(long count, int depth)
    {
        if (count > bytes.Length - _at) throw new FormatException("more members than bytes");
        var map = new Dictionary<object, object?>((int)count);
        for (var i = 0L; i < count; i++)
        {
            var key = Value(depth + 1);
            if (key is not (long or string)) throw new FormatException("a map's key that is neither a number nor a text");
            if (!map.TryAdd(key, Value(depth + 1))) throw new FormatException("a map's key twice");
        }

        return map;
    }

    private ReadOnlySpan<byte> Take(int count) => TakeMemory(count).Span;

    private ReadOnlyMemory<byte> TakeMemory(long count)
    {
        if (count > bytes.Length - _at) throw new FormatException("it ends too early");
        var taken = bytes.Slice(_at, (int)count);
        _at += (int)count;
        return taken;
    }
}
