using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Credence.Storage;

namespace Credence.Server.Doors;

/// <summary>A place in a list as it goes over the wire: the last row's time and the bits of its id, 24 bytes in base64url. Opaque to callers.</summary>
internal static class Cursor
{
    private const int Size = 24;
    private static readonly long Earliest = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>Writes the place behind a row.</summary>
    public static string Write<T>(DateTimeOffset at, Id<T> id)
        where T : IIdentified
    {
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteInt64BigEndian(bytes, at.ToUnixTimeMilliseconds());
        id.Value.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads what <see cref="Write"/> wrote; any other text is refused, so that only a time and an id come through.</summary>
    public static bool TryRead<T>(string text, [NotNullWhen(true)] out Keyset? place)
        where T : IIdentified
    {
        place = null;
        Span<byte> bytes = stackalloc byte[Size];
        if (text.Length != Size / 3 * 4 || !Base64Url.IsValid(text)) return false;
        if (!Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != Size) return false;

        var ms = BinaryPrimitives.ReadInt64BigEndian(bytes);
        if (ms < Earliest || ms > Latest) return false;
        place = new Keyset(DateTimeOffset.FromUnixTimeMilliseconds(ms), new Id<T>(new Guid(bytes[8..], bigEndian: true)).ToString());
        return true;
    }
}
