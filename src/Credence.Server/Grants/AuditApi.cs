using System.Text.Json;
using System.Text.Json.Serialization;
using Credence.Audit;
using Credence.Proofs;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/audit/v1</c>: what is on record about the organization, and what proves it (design D7, contract standards 22).</summary>
internal static class AuditApi
{
    private const int MostEntries = 1_000;
    private static readonly string[] Chains = ["system", "application"];

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/audit/v1/entries", RouteFacts.Read, List);
        routes.MapMethods("/audit/v1/checkpoint", RouteFacts.Read, Checkpoint);
        routes.MapMethods("/audit/v1/proof/inclusion", RouteFacts.Read, Inclusion);
        routes.MapMethods("/audit/v1/proof/consistency", RouteFacts.Read, Consistency);
        routes.MapMethods("/audit/v1/export", RouteFacts.Read, (GrantsCall call, ExportAudit export) => new AuditExport(export, call.Caller.Organization.ToString()));
        routes.MapMethods("/audit/v1/keys", RouteFacts.Read, Keys).NeedsNoKey();
    }

    private static async Task<IResult> List(GrantsCall call, Db db, SealAudit seal, CancellationToken ct)
    {
        var chain = Chain(call.Query);
        var start = call.Query.LongOrNull("start", 0, long.MaxValue) ?? 0;
        var end = call.Query.LongOrNull("end", 0, long.MaxValue) ?? long.MaxValue;
        if (call.Query.Problem is { } problem) return problem.Answer();
        if (start > end) return Failure.Invalid("start must not be after end").Answer();

        var organization = call.Caller.Organization.ToString();
        await seal.RunAsync(organization, ct); // whoever just did something finds it here
        var entries = await PlacedEntry.OfChainAsync(db, organization, chain, start, end, MostEntries, ct);
        return Answers.Ok(new EntryList(entries.ConvertAll(EntryShape.Of)), GrantsJson.Wire.EntryList);
    }

    private static async Task<IResult> Checkpoint(GrantsCall call, MakeCheckpoint checkpoints, CancellationToken ct)
    {
        var made = await checkpoints.RunAsync(call.Caller.Organization.ToString(), ct);
        return made.Succeeded ? TypedResults.Text(made.Value.Note, "text/plain; charset=utf-8") : made.Failure.Answer();
    }

    private static async Task<IResult> Inclusion(GrantsCall call, ProveAudit prove, CancellationToken ct)
    {
        var chain = Chain(call.Query);
        var sequence = call.Query.LongOrNull("seq", 1, long.MaxValue);
        var size = call.Query.LongOrNull("size", 1, long.MaxValue);
        if (call.Query.Problem is { } problem) return problem.Answer();
        if (sequence is null) return Failure.Invalid("seq is required").Answer();
        return (await prove.EntryAsync(call.Caller.Organization.ToString(), chain, sequence.Value, size, ct)).Ok(InclusionShape.Of, GrantsJson.Wire.InclusionShape);
    }

    private static async Task<IResult> Consistency(GrantsCall call, ProveAudit prove, CancellationToken ct)
    {
        var from = call.Query.LongOrNull("from", 1, long.MaxValue);
        var to = call.Query.LongOrNull("to", 1, long.MaxValue);
        if (call.Query.Problem is { } problem) return problem.Answer();
        if (from is null) return Failure.Invalid("from is required").Answer();
        return (await prove.GrowthAsync(call.Caller.Organization.ToString(), from.Value, to, ct)).Ok(ConsistencyShape.Of, GrantsJson.Wire.ConsistencyShape);
    }

    private static async Task<IResult> Keys(CheckpointKeys keys, CancellationToken ct) =>
        Answers.Ok(new AuditKeys([.. (await keys.ListAsync(ct)).Select(AuditKey.Of)]), GrantsJson.Wire.AuditKeys);

    private static string Chain(QueryFields query) => query.OneOfOrNull("chain", Chains) ?? Chains[0];

    /// <summary>The entries from <c>start</c> to <c>end</c>, both included, in the order of the chain; a thousand at most.</summary>
    internal sealed record EntryList(List<EntryShape> Entries);

    /// <summary>An entry.</summary>
    /// <param name="Chain"><c>system</c> or <c>application</c>.</param>
    /// <param name="Seq">Its place in the chain, from 1.</param>
    /// <param name="Hash">The SHA-256 of <paramref name="Body"/>; the next entry names it.</param>
    /// <param name="PrevHash">The hash of the entry before.</param>
    /// <param name="Leaf">Its place in the tree, from 0.</param>
    /// <param name="LeafHash">Its hash in the tree, in base64 (RFC 6962 2.1).</param>
    /// <param name="Body">The text that was hashed; null when retention has emptied it.</param>
    /// <param name="Entry">The same, read.</param>
    internal sealed record EntryShape(
        string Chain,
        long Seq,
        string? Hash,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PrevHash,
        long Leaf,
        byte[] LeafHash,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Body,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] JsonElement? Entry)
    {
        public static EntryShape Of(PlacedEntry entry) => new(
            entry.Chain, entry.Sequence, entry.Hash, entry.PreviousHash, entry.Leaf, entry.LeafHash, entry.Body, Read(entry.Body));

        private static JsonElement? Read(string? body)
        {
            if (body is null) return null;
            using var parsed = JsonDocument.Parse(body);
            return parsed.RootElement.Clone();
        }
    }

    /// <summary>That an entry is among the first <paramref name="Size"/> leaves (RFC 9162 2.1.3); hashes in base64, from the bottom up.</summary>
    internal sealed record InclusionShape(string Chain, long Seq, long Leaf, byte[] LeafHash, long Size, byte[] Root, IReadOnlyList<byte[]> Hashes)
    {
        public static InclusionShape Of(ProveAudit.Inclusion proof) => new(
            proof.Entry.Chain, proof.Entry.Sequence, proof.Entry.Leaf, proof.Entry.LeafHash, proof.Size, proof.Root, proof.Hashes);
    }

    /// <summary>That the tree of <paramref name="To"/> leaves began as the one of <paramref name="From"/> (RFC 9162 2.1.4); hashes in base64.</summary>
    internal sealed record ConsistencyShape(long From, long To, byte[] FromRoot, byte[] ToRoot, IReadOnlyList<byte[]> Hashes)
    {
        public static ConsistencyShape Of(ProveAudit.Consistency proof) => new(proof.From, proof.To, proof.FromRoot, proof.ToRoot, proof.Hashes);
    }

    /// <summary>Keys that sign checkpoints, or did; the first one signs now.</summary>
    internal sealed record AuditKeys(IReadOnlyList<AuditKey> Keys);

    /// <summary>An Ed25519 key: its name, its 32 bytes in base64, and the bytes again as a JSON Web Key (RFC 8037).</summary>
    internal sealed record AuditKey(string Kid, string PublicKey, Credence.Keys.PublicJwk Jwk)
    {
        public static AuditKey Of(Credence.Keys.SigningKey key) => new(key.Kid, Convert.ToBase64String(NoteKey.PublicBytes(key)), key.Jwk);
    }
}
