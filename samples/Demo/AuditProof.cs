using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Credence.Samples.Demo;

/// <summary>Recomputes the audit chain: each hash is the SHA-256 of the entry in canonical JSON (RFC 8785), which names the hash before it.</summary>
internal static class AuditProof
{
    /// <summary>Checks one page of entries, of which the first must follow <paramref name="previous"/>.</summary>
    /// <returns>The last hash.</returns>
    public static string? Check(JsonArray entries, long firstSequence, string? previous)
    {
        foreach (var item in entries)
        {
            var sequence = (long)item!["seq"]!;
            Expect.That(sequence == firstSequence++, $"entry {firstSequence - 1}, and {sequence} came: no number may be missing");
            var entry = item["entry"]!.AsObject();
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(entry))));
            Expect.That((string?)item["hash"] == hash, $"entry {sequence} to hash to what is recorded");
            Expect.That((string?)entry["prevHash"] == previous, $"entry {sequence} to name the hash before it");
            previous = hash;
        }

        return previous;
    }

    /// <summary>RFC 8785 for what audit entries hold: members sorted, nothing spaced, text and whole numbers.</summary>
    private static string Canonical(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject members => $"{{{string.Join(',', members.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{Text(pair.Key)}:{Canonical(pair.Value)}"))}}}",
        JsonArray items => $"[{string.Join(',', items.Select(Canonical))}]",
        _ => node.GetValueKind() == JsonValueKind.String ? Text((string)node!) : node.ToJsonString(),
    };

    /// <summary>A string escaped as ECMAScript does it: quote, backslash, and what lies below a space.</summary>
    private static string Text(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var letter in value)
        {
            text.Append(letter switch
            {
                '"' => "\\\"",
                '\\' => @"\\",
                '\b' => @"\b",
                '\t' => @"\t",
                '\n' => @"\n",
                '\f' => @"\f",
                '\r' => @"\r",
                < ' ' => $"\\u{(int)letter:x4}",
                _ => letter.ToString(),
            });
        }

        return text.Append('"').ToString();
    }
}
