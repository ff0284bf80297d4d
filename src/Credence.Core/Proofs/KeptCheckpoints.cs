using Credence.Keys;

namespace Credence.Proofs;

/// <summary>Checkpoints that somebody kept where the operator cannot change them.</summary>
public static class KeptCheckpoints
{
    /// <summary>Reads those of a file that <paramref name="keys"/> signed; it may hold several logs, one note after the other.</summary>
    /// <exception cref="InvalidDataException">One of them is no checkpoint that the keys signed.</exception>
    public static List<Checkpoint> Read(TextReader file, IReadOnlyList<SigningKey> keys)
    {
        var kept = new List<Checkpoint>();
        foreach (var note in SignedNote.All(file))
        {
            var read = SignedNote.TextOf(note) is { } text ? Checkpoint.Parse(text) : null;
            if (read is null || !keys.Any(key => SignedNote.IsSignedBy(note, new NoteKey(read.Origin, key))))
            {
                throw new InvalidDataException($"checkpoint {kept.Count + 1} of the file is none that the key given has signed");
            }

            kept.Add(read);
        }

        return kept;
    }
}
