namespace Credence.Server.Hosting.Start;

/// <summary>One server per SQLite file (design D18): a file beside it that this process holds open. The command line may still write to the database.</summary>
internal sealed class ServerFileLock : IDisposable
{
    private readonly FileStream _held;

    private ServerFileLock(FileStream held) => _held = held;

    /// <summary>Takes the lock of the database in <paramref name="file"/>; the operating system gives it up when the process ends, however it ends.</summary>
    /// <exception cref="StartRefusedException">Another server has it.</exception>
    public static ServerFileLock Take(string file)
    {
        try
        {
            return new ServerFileLock(new FileStream(file + ".server-lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            throw new StartRefusedException("another server uses this SQLite file: stop it first, or move to PostgreSQL to run several", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _held.Dispose();
}
