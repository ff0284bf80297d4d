using Credence.Server.Hosting.Settings;
using Credence.Server.Hosting.Start;

namespace Credence.Server.Hosting.Commands;

/// <summary>What the commands that work on the database have in common.</summary>
internal static class Tool
{
    /// <summary>Who is recorded as having done what a command did.</summary>
    public const string Actor = "command-line";

    /// <summary>Runs <paramref name="run"/> once the database answers; a command that needs the signing keys says so.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(SettingValues settings, Func<IServiceProvider, Task<int>> run, bool needsKeys = false)
    {
        if (CommandLine.Report([.. SettingRules.ProblemsForDatabase(settings), .. needsKeys ? SettingRules.ProblemsForKeys(settings) : []])) return 1;
        await using var services = ToolServices.Build(settings);
        try
        {
            await services.GetRequiredService<DatabaseStart>().WaitAsync(CancellationToken.None);
            return await run(services);
        }
        catch (Exception error) when (error is StartRefusedException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
    }

    /// <summary>Writes the outcome to standard output, or to standard error why there is none.</summary>
    public static int Show<T>(Result<T> result, Func<T, string> text)
    {
        if (!result.Succeeded) return Refuse(result.Failure);
        Console.Out.WriteLine(text(result.Value));
        return 0;
    }

    /// <summary>Writes to standard error why nothing was done.</summary>
    public static int Refuse(Failure failure)
    {
        Console.Error.WriteLine(failure.Detail);
        return 1;
    }
}
