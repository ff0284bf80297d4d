using System.Text;

namespace Credence.Proofs;

/// <summary>A text with signatures below it (C2SP signed-note): text, an empty line, and a line for each signature.</summary>
public static class SignedNote
{
    private const string Dash = "— ";
    private const int KeyIdLength = 4;

    /// <summary>Signs a text, whose last line must end, as <paramref name="key"/>.</summary>
    public static string Sign(string text, NoteKey key)
    {
        byte[] signature = [.. key.Id, .. key.Key.Sign(Encoding.UTF8.GetBytes(text))];
        return $"{text}\n{Dash}{key.Name} {Convert.ToBase64String(signature)}\n";
    }

    /// <summary>The text of a note; null when it is none.</summary>
    public static string? TextOf(string note) => note.LastIndexOf("\n\n", StringComparison.Ordinal) is var end && end > 0 ? note[..(end + 1)] : null;

    /// <summary>Whether one of the signatures is by <paramref name="key"/>. Signatures by others are nobody's business here.</summary>
    public static bool IsSignedBy(string note, NoteKey key)
    {
        if (TextOf(note) is not { } text) return false;
        var prefix = $"{Dash}{key.Name} ";
        foreach (var line in note[(text.Length + 1)..].Split('\n').Where(line => line.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var bytes = new byte[KeyIdLength + key.Key.SignatureLength];
            if (!Convert.TryFromBase64String(line[prefix.Length..], bytes, out var length) || length != bytes.Length) continue;
            if (Merkle.Same(bytes.AsSpan(0, KeyIdLength), key.Id) && key.Key.Verify(Encoding.UTF8.GetBytes(text), bytes.AsSpan(KeyIdLength))) return true;
        }

        return false;
    }

    /// <summary>The notes of a file that holds one after the other.</summary>
    public static IEnumerable<string> All(TextReader file)
    {
        var note = new StringBuilder();
        var inSignatures = false;
        while (file.ReadLine() is { } line)
        {
            var isSignature = line.StartsWith(Dash, StringComparison.Ordinal);
            if (inSignatures && !isSignature)
            {
                yield return note.ToString();
                note.Clear();
                inSignatures = false;
                if (line.Length == 0) continue; // between two notes
            }

            inSignatures |= isSignature;
            note.Append(line).Append('\n');
        }

        if (note.Length > 0) yield return note.ToString();
    }
}
