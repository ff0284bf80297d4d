using System.Text.Json;
using System.Text.Json.Serialization;
using Credence.Audit;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/audit/v1</c>: what the server recorded about the organization, with what proves it (design D7).</summary>
internal static class AuditApi
{
    private const int MostEntries = 1_000;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/audit/v1/entries", RouteFacts.Read, List);

    private static async Task<IResult> List(GrantsCall call, Db db, SealAudit seal, CancellationToken ct)
    {
        var start = call.Query.NumberOrNull("start", 0, int.MaxValue) ?? 0;
        var end = call.Query.NumberOrNull("end", 0, int.MaxValue) ?? int.MaxValue;
        if (call.Query.Problem is { } problem) return problem.Answer();
        if (start > end) return Failure.Invalid("start must not be after end").Answer();

        var organization = call.Caller.Organization.ToString();
        await seal.RunAsync(organization, ct); // whoever just did something finds it here
        var entries = await AuditLog.ReadAsync(db, organization, start, end, MostEntries, ct);
        return Answers.Ok(new EntryList(entries.ConvertAll(EntryShape.Of)), GrantsJson.Wire.EntryList);
    }

    /// <summary>The entries from <c>start</c> to <c>end</c>, both included, in the order of the chain; a thousand at most.</summary>
    internal sealed record EntryList(List<EntryShape> Entries);

    /// <summary>An entry. <paramref name="Hash"/> is the SHA-256 of <paramref name="Entry"/> in the canonical form of RFC 8785.</summary>
    internal sealed record EntryShape(long Seq, string Hash, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PrevHash, JsonElement Entry)
    {
        public static EntryShape Of(AuditEntry entry)
        {
            using var body = JsonDocument.Parse(entry.Body);
            return new EntryShape(entry.Sequence, entry.Hash, entry.PreviousHash, body.RootElement.Clone());
        }
    }
}
