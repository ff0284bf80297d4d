using System.Numerics;
using System.Security.Cryptography;

namespace Credence.Proofs;

/// <summary>The hashes of a Merkle tree over SHA-256 (RFC 6962 2.1; RFC 9162 2.1.1). Several hashes in a row are one span of 32 bytes each.</summary>
public static class Merkle
{
    /// <summary>Bytes of a hash.</summary>
    public const int HashLength = 32;

    /// <summary>The hash of a leaf: 0x00 before the entry, so that no leaf can pass for a node.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0x00]);
        hash.AppendData(entry);
        return hash.GetHashAndReset();
    }

    /// <summary>The hash of two subtrees side by side: 0x01 before both.</summary>
    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> both = stackalloc byte[1 + (2 * HashLength)];
        both[0] = 0x01;
        left.CopyTo(both[1..]);
        right.CopyTo(both[(1 + HashLength)..]);
        return SHA256.HashData(both);
    }

    /// <summary>The root over a row of hashes, of any count.</summary>
    public static byte[] Root(ReadOnlySpan<byte> hashes)
    {
        var count = hashes.Length / HashLength;
        if (count == 0) return SHA256.HashData([]);
        if (count == 1) return hashes.ToArray();
        var left = (int)LeftPart(count) * HashLength;
        return Node(Root(hashes[..left]), Root(hashes[left..]));
    }

    /// <summary>Whether two hashes are the same. Nothing here is secret; one way to compare is enough.</summary>
    internal static bool Same(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(one, other);

    /// <summary>How many of <paramref name="count"/> leaves, at least two, are in the left subtree: the largest power of two below it.</summary>
    internal static long LeftPart(long count) => 1L << BitOperations.Log2((ulong)(count - 1));
}
