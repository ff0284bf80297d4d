using System.Security.Cryptography;
using System.Text;

namespace Credence.Keys;

/// <summary>The encryption key that <c>AUTO_GENERATE_KEYS</c> makes once and keeps in a file, so that a restart in development invalidates nothing.</summary>
internal static class DevelopmentKey
{
    private const int Patience = 100;

    /// <summary>The text of the key. Processes that make it at the same time end up with one: whoever opens the file first has it alone.</summary>
    public static string ReadOrMake(string file)
    {
        var path = Path.GetFullPath(file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var stream = Open(path);
        if (stream.Length == 0)
        {
            stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))));
            stream.Flush(flushToDisk: true);
            stream.Position = 0;
        }

        using var reader = new StreamReader(stream, Encoding.ASCII);
        return reader.ReadToEnd();
    }

    /// <remarks>Moving a finished file into place would not do: without overwriting, .NET looks first and moves then.</remarks>
    private static FileStream Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(path, options);
            }
            catch (IOException) when (attempt < Patience && File.Exists(path))
            {
                Thread.Sleep(10); // another process is reading or making it
            }
        }
    }
}
