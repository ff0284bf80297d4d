using System.Text.Json;

namespace Credence.Audit;

/// <summary>What an entry of the system chain is found by; it says nothing that its text does not say.</summary>
/// <param name="Agent">The agent it is about, by its id; null when it is about none.</param>
/// <param name="Type">What happened.</param>
/// <param name="Outcome"><see cref="Success"/> or <see cref="Failure"/>.</param>
internal sealed record About(string? Agent, string Type, string Outcome)
{
    /// <summary>What was done.</summary>
    public const string Success = "success";

    /// <summary>What was tried: its type ends in <c>.failed</c>.</summary>
    public const string Failure = "failure";

    private const string AgentPrefix = "ag_";

    /// <summary>Reads it from the text that <see cref="AuditLog"/> wrote; null where that says no type, as no entry of this server does.</summary>
    public static About? Of(string body)
    {
        using var parsed = JsonDocument.Parse(body);
        return Of(parsed.RootElement);
    }

    /// <summary>The same from a text that was parsed. The agent is whom it happened to, else the one that is named, else the one that did it.</summary>
    public static About? Of(JsonElement said)
    {
        if (Text(said, "type") is not { } type) return null;
        string?[] ids = [Text(said, "subject"), said.TryGetProperty("data", out var data) ? Text(data, "agent") : null, Text(said, "actor")];
        return new About(
            Array.Find(ids, id => id?.StartsWith(AgentPrefix, StringComparison.Ordinal) == true), type,
            type.EndsWith(".failed", StringComparison.Ordinal) ? Failure : Success);
    }

    /// <summary>A member that is a text, or null.</summary>
    public static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;
}
