using System.Text.Json;

namespace Credence.Proofs;

/// <summary>Reads the lines that <see cref="ExportLines"/> wrote. A file from outside may hold anything.</summary>
internal static class ExportReader
{
    /// <summary>Reads one line.</summary>
    /// <exception cref="FormatException">It is no line of an export.</exception>
    public static object Read(string line)
    {
        try
        {
            using var parsed = JsonDocument.Parse(line);
            var json = parsed.RootElement;
            return Text(json, "type") switch
            {
                "log" => new ExportedLog(Text(json, "origin"), json.GetProperty("size").GetInt64()),
                "key" => new ExportedKey(),
                "entry" => new PlacedEntry(
                    Text(json, "chain"), json.GetProperty("seq").GetInt64(), json.GetProperty("leaf").GetInt64(), TextOrNull(json, "hash"),
                    TextOrNull(json, "prevHash"), json.GetProperty("leafHash").GetBytesFromBase64(), TextOrNull(json, "body")),
                "tile" => new ExportedTile(
                    json.GetProperty("level").GetInt32(), json.GetProperty("number").GetInt64(), json.GetProperty("hashes").GetBytesFromBase64(),
                    json.GetProperty("root").GetBytesFromBase64()),
                "checkpoint" => new ExportedNote(Text(json, "note")),
                "retention" => new ExportedRetention(Text(json, "note")),
                "end" => new ExportedEnd(json.GetProperty("entries").GetInt64()),
                _ => throw new FormatException("it has an unknown type"),
            };
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("it is not a line of an export", error);
        }
    }

    /// <summary>What the text of an entry says about its own place; null where it says nothing.</summary>
    public static (string? PreviousHash, long? Sequence) PlaceIn(string body)
    {
        try
        {
            using var parsed = JsonDocument.Parse(body);
            var json = parsed.RootElement;
            return (TextOrNull(json, "prevHash"), json.TryGetProperty("seq", out var seq) && seq.TryGetInt64(out var number) ? number : null);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return (null, null);
        }
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new FormatException($"its {name} is missing");

    private static string? TextOrNull(JsonElement json, string name) => json.GetProperty(name).GetString();
}

internal sealed record ExportedLog(string Origin, long Size);

internal sealed record ExportedKey;

internal sealed record ExportedNote(string Note);

internal sealed record ExportedRetention(string Note);

internal sealed record ExportedEnd(long Entries);
