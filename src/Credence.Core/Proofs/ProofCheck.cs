namespace Credence.Proofs;

/// <summary>What somebody does who was given a proof and trusts nothing but the roots (RFC 9162 2.1.3.2, 2.1.4.2).</summary>
public static class ProofCheck
{
    /// <summary>Whether <paramref name="hashes"/> lead from <paramref name="leafHash"/>, the <paramref name="leaf"/>th leaf, to the root of <paramref name="size"/> leaves.</summary>
    public static bool Includes(ReadOnlySpan<byte> leafHash, long leaf, long size, IReadOnlyList<byte[]> hashes, ReadOnlySpan<byte> root)
    {
        if (leaf < 0 || leaf >= size) return false;
        var (node, last) = (leaf, size - 1);
        var current = leafHash.ToArray();
        foreach (var hash in hashes)
        {
            if (last == 0) return false;
            if (IsOdd(node) || node == last)
            {
                current = Merkle.Node(hash, current);
                while (!IsOdd(node) && node != 0) (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                current = Merkle.Node(current, hash);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && Merkle.Same(current, root);
    }

    /// <summary>Whether <paramref name="hashes"/> show that the tree of <paramref name="to"/> leaves began as the one of <paramref name="from"/>.</summary>
    public static bool Extends(long from, long to, ReadOnlySpan<byte> fromRoot, ReadOnlySpan<byte> toRoot, IReadOnlyList<byte[]> hashes)
    {
        if (from < 1 || from > to) return false;
        if (from == to) return hashes.Count == 0 && Merkle.Same(fromRoot, toRoot);

        var (node, last) = (from - 1, to - 1);
        while (IsOdd(node)) (node, last) = (node >> 1, last >> 1);
        var begin = node == 0 ? fromRoot.ToArray() : hashes.Count > 0 ? hashes[0] : null;
        if (begin is null) return false;

        var (older, newer) = (begin, begin);
        foreach (var hash in node == 0 ? hashes : hashes.Skip(1))
        {
            if (last == 0) return false;
            if (IsOdd(node) || node == last)
            {
                (older, newer) = (Merkle.Node(hash, older), Merkle.Node(hash, newer));
                while (!IsOdd(node) && node != 0) (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                newer = Merkle.Node(newer, hash);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && Merkle.Same(fromRoot, older) && Merkle.Same(toRoot, newer);
    }

    private static bool IsOdd(long number) => (number & 1) == 1;
}
