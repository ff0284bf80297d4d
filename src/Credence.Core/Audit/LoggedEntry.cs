using System.Text;
using System.Text.Json;
using Credence.Storage;

namespace Credence.Audit;

/// <summary>An entry of an organization's application chain (contract grantex-core 7).</summary>
/// <param name="Id">Its id; ids of a chain sort as its entries do.</param>
/// <param name="Sequence">Its place in the chain: 1, 2, 3, … without gaps.</param>
/// <param name="Organization">Whose chain it is.</param>
/// <param name="What">What was logged.</param>
/// <param name="At">When; never before the entry in front of it.</param>
/// <param name="Hash">Lower-case hex SHA-256 of its body.</param>
/// <param name="PreviousHash">The hash of the entry before, or null for the first.</param>
public sealed record LoggedEntry(
    Id<AuditEntry> Id, long Sequence, string Organization, Logged What, DateTimeOffset At, string Hash, string? PreviousHash)
{
    /// <summary>The documented text that is hashed: one JSON object, its members in this order, without spaces (contract grantex-core 7, hash chain).</summary>
    public static string Body(Id<AuditEntry> id, string organization, Logged what, DateTimeOffset at, string? previousHash)
    {
        var text = new StringBuilder(512 + what.Metadata.Length);
        CanonicalJson.Append(text.Append("{\"id\":"), id.ToString());
        CanonicalJson.Append(text.Append(",\"agentId\":"), what.Agent);
        CanonicalJson.Append(text.Append(",\"agentDid\":"), what.AgentDid);
        CanonicalJson.Append(text.Append(",\"grantId\":"), what.Grant);
        CanonicalJson.Append(text.Append(",\"principalId\":"), what.Principal);
        CanonicalJson.Append(text.Append(",\"developerId\":"), organization);
        CanonicalJson.Append(text.Append(",\"action\":"), what.Action);
        text.Append(",\"metadata\":").Append(what.Metadata);
        CanonicalJson.Append(text.Append(",\"timestamp\":"), at.Iso());
        text.Append(",\"prevHash\":");
        _ = previousHash is null ? text.Append("null") : CanonicalJson.Append(text, previousHash);
        return CanonicalJson.Append(text.Append(",\"status\":"), Words.Of(what.Status)).Append('}').ToString();
    }

    internal static Sql Columns { get; } = Sql.Of($"id, seq, organization_id, status, body, created_ms, hash, prev_hash");

    internal static LoggedEntry Read(Row row)
    {
        using var body = JsonDocument.Parse(row.Text("body"));
        var said = body.RootElement;
        var what = new Logged(
            said.GetProperty("agentId").GetString()!,
            said.GetProperty("agentDid").GetString()!,
            said.GetProperty("grantId").GetString()!,
            said.GetProperty("principalId").GetString()!,
            said.GetProperty("action").GetString()!,
            said.GetProperty("metadata").GetRawText(),
            row.Word<LoggedStatus>("status"));
        return new LoggedEntry(
            row.Id<AuditEntry>("id"), row.Long("seq"), row.Text("organization_id"), what, row.Time("created_ms"), row.Text("hash"), row.TextOrNull("prev_hash"));
    }
}
