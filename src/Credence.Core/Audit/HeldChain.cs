using Credence.Storage;

namespace Credence.Audit;

/// <summary>The end of one chain and of the organization's tree, held by a transaction: whoever else appends to either waits for its end.</summary>
internal sealed class HeldChain
{
    private const string Tree = "tree";

    private readonly List<SealedEntry> _added = [];
    private readonly string _organization;
    private readonly string _chain;

    private HeldChain(string organization, string chain)
    {
        _organization = organization;
        _chain = chain;
    }

    /// <summary>How many entries the chain has.</summary>
    public long Sequence { get; private set; }

    /// <summary>The newest entry's hash, or null when there is none.</summary>
    public string? Hash { get; private set; }

    /// <summary>The application chain's newest entry, or null.</summary>
    public Id<AuditEntry>? LastId { get; private set; }

    /// <summary>How many leaves the tree has: the next entry's place in it.</summary>
    public long TreeSize { get; private set; }

    /// <summary>Holds the ends of <paramref name="chain"/> in each organization, always in the same order, so that no two wait for each other.</summary>
    public static async Task<Dictionary<string, HeldChain>> HoldAsync(DbTx tx, string chain, IEnumerable<string> organizations, CancellationToken ct)
    {
        var held = organizations.Distinct(StringComparer.Ordinal).ToDictionary(name => name, name => new HeldChain(name, chain), StringComparer.Ordinal);
        foreach (var run in ManyRows.InRuns(held.Keys.Order(StringComparer.Ordinal).ToArray()))
        {
            var heads = await tx.ListAsync(
                $"""
                insert into audit_heads (organization_id, chain, seq) {ManyRows.Values(run, name => $"({name}, {Tree}, 0), ({name}, {chain}, 0)")}
                on conflict (organization_id, chain) do update set seq = audit_heads.seq returning organization_id, chain, seq, hash, last_id
                """, // changes nothing, takes the row locks, and reads what the last holder left
                row => (Of: row.Text("organization_id"), Chain: row.Text("chain"), Seq: row.Long("seq"), Hash: row.TextOrNull("hash"), LastId: row.IdOrNull<AuditEntry>("last_id")),
                ct);
            foreach (var head in heads)
            {
                var end = held[head.Of];
                if (head.Chain == Tree) end.TreeSize = head.Seq;
                else (end.Sequence, end.Hash, end.LastId) = (head.Seq, head.Hash, head.LastId);
            }
        }

        return held;
    }

    /// <summary>Puts an entry behind the last one; <paramref name="body"/> says <see cref="Sequence"/> and <see cref="Hash"/> as they were before.</summary>
    /// <returns>The entry's hash.</returns>
    public string Append(Id<AuditEntry> id, DateTimeOffset at, string body, Logged? logged = null, About? about = null)
    {
        var hashes = EntryHashes.Of(body);
        _added.Add(new SealedEntry(id, _organization, _chain, body, at, ++Sequence, hashes.Hash, Hash, TreeSize++, hashes.Leaf, logged, about));
        Hash = hashes.Hash;
        if (logged is not null) LastId = id;
        return hashes.Hash;
    }

    /// <summary>Gives a place in the tree to an entry that is in the chain already.</summary>
    public long TakeLeaf() => TreeSize++;

    /// <summary>Writes what was appended, and the new ends.</summary>
    public static async Task SaveAsync(DbTx tx, IEnumerable<HeldChain> chains, CancellationToken ct)
    {
        var held = chains.ToList();
        await SealedEntry.AddAsync(tx, held.SelectMany(chain => chain._added).ToArray(), ct);
        foreach (var end in held)
        {
            var organization = end._organization;
            await tx.LaterAsync(
                $"""
                update audit_heads set seq = {end.Sequence}, hash = {end.Hash}, last_id = {end.LastId}
                where organization_id = {organization} and chain = {end._chain}
                """,
                ct);
            await tx.LaterAsync($"update audit_heads set seq = {end.TreeSize} where organization_id = {organization} and chain = {Tree}", ct);
        }
    }
}
