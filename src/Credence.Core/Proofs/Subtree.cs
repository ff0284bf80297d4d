using System.Numerics;

namespace Credence.Proofs;

/// <summary>The leaves from <paramref name="Start"/> up to, without, <paramref name="End"/>, as one subtree of the whole.</summary>
internal sealed record Subtree(long Start, long End)
{
    /// <summary>The complete subtrees it is made of, the largest first; its root is their hashes folded from the right.</summary>
    public IEnumerable<Perfect> Parts()
    {
        for (var at = Start; at < End;)
        {
            var height = BitOperations.Log2((ulong)(End - at));
            yield return new Perfect(height, at >> height);
            at += 1L << height;
        }
    }
}

/// <summary>A complete subtree of 2^<paramref name="Height"/> leaves, the <paramref name="Index"/>th of that size from the left.</summary>
internal sealed record Perfect(int Height, long Index);

/// <summary>Which subtrees a proof consists of, from the bottom up.</summary>
internal static class Paths
{
    /// <summary>What proves that <paramref name="leaf"/> is in the tree of <paramref name="size"/> leaves (RFC 9162 2.1.3.1).</summary>
    public static List<Subtree> Inclusion(long leaf, long size)
    {
        var path = new List<Subtree>();
        for (var (start, end) = (0L, size); end - start > 1;)
        {
            var middle = start + Merkle.LeftPart(end - start);
            path.Add(leaf < middle ? new Subtree(middle, end) : new Subtree(start, middle));
            (start, end) = leaf < middle ? (start, middle) : (middle, end);
        }

        path.Reverse();
        return path;
    }

    /// <summary>What proves that the tree of <paramref name="to"/> leaves began as the one of <paramref name="from"/>, at least one (RFC 9162 2.1.4.1).</summary>
    public static List<Subtree> Consistency(long from, long to)
    {
        var path = new List<Subtree>();
        var (start, end) = (0L, to);
        while (from < end)
        {
            var middle = start + Merkle.LeftPart(end - start);
            path.Add(from <= middle ? new Subtree(middle, end) : new Subtree(start, middle));
            (start, end) = from <= middle ? (start, middle) : (middle, end);
        }

        if (start > 0) path.Add(new Subtree(start, end)); // otherwise it is the earlier root itself, which the verifier has
        path.Reverse();
        return path;
    }
}
