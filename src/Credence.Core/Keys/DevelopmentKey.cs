using System.Security.Cryptography;

namespace Credence.Keys;

/// <summary>The encryption key that <c>AUTO_GENERATE_KEYS</c> makes once and keeps in a file, so that a restart in development invalidates nothing.</summary>
internal static class DevelopmentKey
{
    /// <summary>The text of the key. Processes that make it at the same time end up with one.</summary>
    public static string ReadOrMake(string file)
    {
        var path = Path.GetFullPath(file);
        if (File.Exists(path)) return File.ReadAllText(path);

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = $"{path}.{RandomNumberGenerator.GetHexString(16)}";
        try
        {
            using (var stream = new FileStream(draft, OwnerOnly()))
            {
                stream.Write(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)).Select(letter => (byte)letter).ToArray());
            }

            File.Move(draft, path, overwrite: false); // whole and at once, or not at all
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft); // another process was first
        }

        return File.ReadAllText(path);
    }

    private static FileStreamOptions OwnerOnly()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
