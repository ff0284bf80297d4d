using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Credence.Samples.Demo;

/// <summary>Recomputes the audit log: each hash is the SHA-256 of the entry in canonical JSON (RFC 8785), which names the hash before it, and each entry has its place in a tree.</summary>
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

    /// <summary>The root that a proof leads to from the text of an entry (RFC 9162 2.1.3.2), in base64.</summary>
    public static string Root(string body, long leaf, long size, JsonArray proof)
    {
        var hash = SHA256.HashData([0x00, .. Encoding.UTF8.GetBytes(body)]);
        var (node, last) = (leaf, size - 1);
        foreach (var item in proof)
        {
            var other = Convert.FromBase64String((string)item!);
            var isRight = node % 2 == 1 || node == last;
            hash = SHA256.HashData(isRight ? [0x01, .. other, .. hash] : [0x01, .. hash, .. other]);
            while (isRight && node % 2 == 0 && node != 0) (node, last) = (node / 2, last / 2);
            (node, last) = (node / 2, last / 2);
        }

        Expect.That(last == 0, "a proof as long as the tree is high");
        return Convert.ToBase64String(hash);
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
