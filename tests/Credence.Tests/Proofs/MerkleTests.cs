using System.Text;
using Credence.Proofs;
using Credence.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Credence.Tests.Proofs;

public sealed class MerkleTests
{
    /// <summary>The example leaves and roots that implementations of RFC 6962 have in common.</summary>
    private static readonly string[] Leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] Roots =
    [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Fact]
    public void Roots_are_those_of_every_other_implementation()
    {
        var growing = new GrowingRoot();
        var hashes = new List<byte>();
        for (var count = 1; count <= Leaves.Length; count++)
        {
            var leaf = Merkle.Leaf(Convert.FromHexString(Leaves[count - 1]));
            growing.Add(leaf);
            hashes.AddRange(leaf);
            Assert.Equal(Roots[count - 1], Convert.ToHexStringLower(Merkle.Root([.. hashes])));
            Assert.Equal(Roots[count - 1], Convert.ToHexStringLower(growing.Root()));
        }

        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Convert.ToHexStringLower(Merkle.Root([])));
    }

    [Fact]
    public void Every_leaf_is_proven_in_every_tree_it_is_in() =>
        Prop.ForAll(Sizes(1500).ToArbitrary(), sizes =>
        {
            var tree = new TreeInMemory(sizes.To);
            var leaf = sizes.From - 1;
            var (proof, root) = (tree.Reader().InclusionAsync(leaf, sizes.To, default).Result, tree.Root(sizes.To));
            return ProofCheck.Includes(tree.Leaf(leaf), leaf, sizes.To, proof, root) && proof.Count <= 11;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_other_leaf_place_size_root_or_proof_passes() =>
        Prop.ForAll(Sizes(300).ToArbitrary(), Gen.Choose(0, 31).ToArbitrary(), (sizes, at) =>
        {
            var tree = new TreeInMemory(sizes.To + 1);
            var leaf = sizes.From - 1;
            var (proof, root) = (tree.Reader().InclusionAsync(leaf, sizes.To, default).Result, tree.Root(sizes.To));
            bool Passes(byte[] hash, long place, long size, List<byte[]> hashes, byte[] against) => ProofCheck.Includes(hash, place, size, hashes, against);
            return !Passes(tree.Leaf(sizes.To), leaf, sizes.To, proof, root)
                && !Passes(tree.Leaf(leaf), leaf + 1, sizes.To, proof, root)
                && !Passes(tree.Leaf(leaf), leaf - 1, sizes.To, proof, root)
                && !Passes(tree.Leaf(leaf), leaf, sizes.To, proof, Bent(root, at))
                && !Passes(tree.Leaf(leaf), leaf, sizes.To, [.. proof, root], root)
                && Enumerable.Range(0, proof.Count).All(bent => !Passes(tree.Leaf(leaf), leaf, sizes.To, [.. proof.Select((hash, i) => i == bent ? Bent(hash, at) : hash)], root))
                && (proof.Count == 0 || !Passes(tree.Leaf(leaf), leaf, sizes.To, proof[..^1], root));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_tree_is_proven_to_begin_as_it_was_at_every_earlier_size() =>
        Prop.ForAll(Sizes(1500).ToArbitrary(), sizes =>
        {
            var tree = new TreeInMemory(sizes.To);
            var proof = tree.Reader().ConsistencyAsync(sizes.From, sizes.To, default).Result;
            return ProofCheck.Extends(sizes.From, sizes.To, tree.Root(sizes.From), tree.Root(sizes.To), proof);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_tree_whose_beginning_was_rewritten_is_never_proven_to_extend_the_earlier_one() =>
        Prop.ForAll(Sizes(300).ToArbitrary(), Gen.Choose(0, 1_000_000).ToArbitrary(), (sizes, pick) =>
        {
            var honest = new TreeInMemory(sizes.To);
            var rewritten = new TreeInMemory(sizes.To, changed: pick % sizes.From);
            var proof = rewritten.Reader().ConsistencyAsync(sizes.From, sizes.To, default).Result;
            return !ProofCheck.Extends(sizes.From, sizes.To, honest.Root(sizes.From), rewritten.Root(sizes.To), proof)
                && !ProofCheck.Extends(sizes.From, sizes.To, honest.Root(sizes.From), honest.Root(sizes.To), [.. proof, honest.Root(1)]);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(200_000, 3)]
    [InlineData(65_536, 3)]
    [InlineData(256, 2)]
    [InlineData(255, 1)]
    public async Task A_proof_reads_two_tiles_a_level_at_most(int size, int levels)
    {
        var tree = new TreeInMemory(size);
        foreach (var leaf in new[] { 0, size / 3, size - 1 })
        {
            var reads = 0;
            var reader = tree.Reader(() => reads++);
            await reader.RootAsync(size, World.Ct);
            await reader.InclusionAsync(leaf, size, World.Ct);
            Assert.InRange(reads, 1, 2 * levels);
        }
    }

    [Fact]
    public async Task A_tile_that_lacks_a_hash_is_told_and_not_guessed()
    {
        var tree = new TreeInMemory(600);
        var reader = new TreeReader((tile, _) => Task.FromResult(tile is { Level: 0, Number: 2 } ? [] : tree.Tile(tile)));
        await Assert.ThrowsAsync<InvalidDataException>(() => reader.RootAsync(600, World.Ct));
    }

    private static Gen<(int From, int To)> Sizes(int most) =>
        from to in Gen.OneOf(Gen.Choose(1, most), Gen.Elements(1, 2, 255, 256, 257))
        from earlier in Gen.Choose(1, to)
        select (earlier, to);

    private static byte[] Bent(byte[] hash, int at)
    {
        byte[] bent = [.. hash];
        bent[at] ^= 1;
        return bent;
    }

    /// <summary>A tree of numbered leaves; its tiles are made plainly, level upon level.</summary>
    private sealed class TreeInMemory
    {
        private readonly List<byte[]> _levels = [];

        public TreeInMemory(int size, int changed = -1)
        {
            _levels.Add([.. Enumerable.Range(0, size).SelectMany(number => Merkle.Leaf(Encoding.UTF8.GetBytes(number == changed ? "another" : $"{number}")))]);
            while (_levels[^1].Length >= 256 * 32)
            {
                var below = _levels[^1];
                _levels.Add([.. Enumerable.Range(0, below.Length / 8192).SelectMany(tile => Merkle.Root(below.AsSpan(tile * 8192, 8192)))]);
            }
        }

        public byte[] Leaf(int number) => _levels[0][(number * 32)..((number + 1) * 32)];

        public byte[] Root(int size) => Merkle.Root(_levels[0].AsSpan(0, size * 32));

        public byte[] Tile(Tile tile) => [.. _levels[tile.Level].Skip((int)tile.Number * 8192).Take(8192)];

        public TreeReader Reader(Action? onRead = null) => new((tile, _) =>
        {
            onRead?.Invoke();
            return Task.FromResult(Tile(tile));
        });
    }
}
