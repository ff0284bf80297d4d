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
    private const string Unreadable = "unreadable";

    /// <summary>The agent it is about, by its id, or null.</summary>
    public string? Agent { get; init; }

    /// <summary><c>success</c> or <c>failure</c>.</summary>
    public required string Outcome { get; init; }

    internal static Sql Columns { get; } = Sql.Of($"id, seq, organization_id, about_agent, about_type, outcome, body, created_ms, hash, prev_hash");

    /// <summary>Reads a row, also one that somebody changed into what the server never wrote: it must be seen, and <see cref="IsSound"/> says what it is.</summary>
    internal static SystemEntry Read(Row row)
    {
        using var parsed = Parse(row.Text("body"));
        var said = parsed.RootElement;
        var about = About.Of(said) ?? new About(null, Unreadable, About.Failure);
        return new SystemEntry(
            row.Id<AuditEntry>("id"), row.LongOrNull("seq") ?? 0, row.Text("organization_id"), about.Type, About.Text(said, "actor") ?? "",
            About.Text(said, "subject") ?? "", DataIn(said), OriginIn(said), row.Time("created_ms"), row.TextOrNull("hash") ?? "", row.TextOrNull("prev_hash"))
        {
            Agent = about.Agent,
            Outcome = about.Outcome,
        };
    }

    private static JsonDocument Parse(string body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return JsonDocument.Parse("{}");
        }
    }

    private static Dictionary<string, string> DataIn(JsonElement said)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (said.ValueKind != JsonValueKind.Object || !said.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object) return found;
        foreach (var member in data.EnumerateObject()) found[member.Name] = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : "";
        return found;
    }

    private static AuditOrigin? OriginIn(JsonElement said) =>
        said.ValueKind == JsonValueKind.Object && said.TryGetProperty("origin", out var from) ? new AuditOrigin(About.Text(from, "address"), About.Text(from, "userAgent")) : null;

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
}
