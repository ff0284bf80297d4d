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
        var from = call.Query.NumberOrNull("from", 1, int.MaxValue) ?? 1;
        var most = call.Query.NumberOrNull("limit", 1, MostEntries) ?? 100;
        if (call.Query.Problem is { } problem) return problem.Answer();

        var organization = call.Caller.Organization.ToString();
        await seal.RunAsync(organization, ct); // whoever just did something finds it here
        var entries = await AuditLog.ReadAsync(db, organization, from, long.MaxValue, most, ct);
        long? next = entries.Count == most ? entries[^1].Sequence + 1 : null;
        return Answers.Ok(new EntryList(entries.ConvertAll(EntryShape.Of), next), GrantsJson.Wire.EntryList);
    }

    /// <summary>Entries in the order of the chain; <paramref name="NextFrom"/> is there when more may follow.</summary>
    internal sealed record EntryList(List<EntryShape> Entries, long? NextFrom);

    /// <summary>An entry. <paramref name="Hash"/> is the SHA-256 of <paramref name="Body"/> in the canonical form of RFC 8785.</summary>
    internal sealed record EntryShape(
        string EntryId, long Seq, string Hash, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PrevHash, JsonElement Body)
    {
        public static EntryShape Of(AuditEntry entry)
        {
            using var body = JsonDocument.Parse(entry.Body);
            return new EntryShape(entry.Id.ToString(), entry.Sequence, entry.Hash, entry.PreviousHash, body.RootElement.Clone());
        }
    }
}
