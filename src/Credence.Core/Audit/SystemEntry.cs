using System.Text.Json;
using Credence.Storage;

namespace Credence.Audit;

/// <summary>An entry of an organization's system chain: something the server did.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Sequence">Its place in the chain.</param>
/// <param name="Organization">Whose chain it is.</param>
/// <param name="Type">What happened.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Subject">What it happened to.</param>
/// <param name="Data">Further facts.</param>
/// <param name="Origin">Where the call came from, where that was recorded.</param>
/// <param name="At">When.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="PreviousHash">The hash of the entry before; null for the first.</param>
public sealed record SystemEntry(
    Id<AuditEntry> Id,
    long Sequence,
    string Organization,
    string Type,
    string Actor,
    string Subject,
    IReadOnlyDictionary<string, string> Data,
    AuditOrigin? Origin,
    DateTimeOffset At,
    string Hash,
    string? PreviousHash)
{
    /// <summary>The agent it is about, by its id, or null.</summary>
    public string? Agent { get; init; }

    /// <summary><c>success</c> or <c>failure</c>.</summary>
    public required string Outcome { get; init; }

    internal static SystemEntry Read(Row row)
    {
        using var parsed = JsonDocument.Parse(row.Text("body"));
        var said = parsed.RootElement;
        var about = About.Of(said);
        var origin = said.TryGetProperty("origin", out var from) ? new AuditOrigin(TextOrNull(from, "address"), TextOrNull(from, "userAgent")) : null;
        return new SystemEntry(
            row.Id<AuditEntry>("id"), row.Long("seq"), row.Text("organization_id"), about.Type, said.GetProperty("actor").GetString()!,
            said.GetProperty("subject").GetString()!,
            said.GetProperty("data").EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetString() ?? "", StringComparer.Ordinal),
            origin, row.Time("created_ms"), row.Text("hash"), row.TextOrNull("prev_hash"))
        {
            Agent = about.Agent,
            Outcome = about.Outcome,
        };
    }

    /// <summary>Whether the text of a row is what was hashed, and all that is stored beside the text says the same.</summary>
    internal static bool IsSound(Row row, string body)
    {
        using var parsed = JsonDocument.Parse(body);
        var said = parsed.RootElement;
        return said.GetProperty("id").GetString() == row.Text("id")
            && said.GetProperty("organization").GetString() == row.Text("organization_id")
            && said.GetProperty("seq").GetInt64() == row.LongOrNull("seq")
            && said.GetProperty("prevHash").GetString() == row.TextOrNull("prev_hash")
            && said.GetProperty("time").GetString() == row.Time("created_ms").Iso()
            && (row.TextOrNull("about_type") is null // sealed before there were such columns
                || About.Of(said) == new About(row.TextOrNull("about_agent"), row.Text("about_type"), row.TextOrNull("outcome") ?? ""));
    }

    private static string? TextOrNull(JsonElement json, string name) => json.TryGetProperty(name, out var found) ? found.GetString() : null;
}
