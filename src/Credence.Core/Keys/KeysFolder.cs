namespace Credence.Keys;

/// <summary>The <c>*.pem</c> files of <c>KEYS_DIR</c>. A name that sorts later is newer: <c>2026-04.pem</c> after <c>2026-01.pem</c>.</summary>
internal static class KeysFolder
{
    private const string Setting = "KEYS_DIR";

    /// <returns>The keys, or the sentence of the first problem besides those that could be read.</returns>
    public static (IReadOnlyList<GivenKey> Keys, string? Problem) Read(string folder)
    {
        string[] files;
        try
        {
            files = Directory.GetFiles(folder, "*.pem");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ([], $"{Setting} names a folder that cannot be read");
        }

        Array.Sort(files, StringComparer.Ordinal);
        Array.Reverse(files); // newest first
        var keys = new List<GivenKey>();
        foreach (var file in files)
        {
            var (pair, problem) = ReadFile(file);
            if (pair is null) return (keys, $"{Setting}: {Path.GetFileName(file)} {problem}");
            var key = new SigningKey(pair);
            keys.Add(new GivenKey(key, StatusOf(file, key, keys), Setting));
        }

        return (keys, null);
    }

    private static KeyStatus StatusOf(string file, SigningKey key, List<GivenKey> newer)
    {
        if (file.EndsWith(".next.pem", StringComparison.Ordinal)) return KeyStatus.Next;
        var taken = newer.Exists(other => other.Key.Algorithm == key.Algorithm && other.Status == KeyStatus.Current);
        return taken || !key.CanSign ? KeyStatus.Retired : KeyStatus.Current;
    }

    private static (KeyPair? Key, string? Problem) ReadFile(string file)
    {
        try
        {
            return PemKey.Read(File.ReadAllText(file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, "cannot be read");
        }
    }
}
