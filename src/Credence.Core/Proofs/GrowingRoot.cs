namespace Credence.Proofs;

/// <summary>The root of a tree that grows leaf by leaf; it keeps one hash for each complete subtree, at most 63.</summary>
internal sealed class GrowingRoot
{
    private readonly Stack<(int Height, byte[] Hash)> _parts = new();

    /// <summary>How many leaves there are.</summary>
    public long Size { get; private set; }

    /// <summary>Adds the next leaf.</summary>
    public void Add(byte[] leafHash)
    {
        var (height, hash) = (0, leafHash);
        while (_parts.TryPeek(out var left) && left.Height == height)
        {
            hash = Merkle.Node(_parts.Pop().Hash, hash);
            height++;
        }

        _parts.Push((height, hash));
        Size++;
    }

    /// <summary>The root over all leaves so far.</summary>
    public byte[] Root()
    {
        if (_parts.Count == 0) return Merkle.Root([]);
        byte[]? root = null;
        foreach (var (_, hash) in _parts) root = root is null ? hash : Merkle.Node(hash, root);
        return root!;
    }
}
