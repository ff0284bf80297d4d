using Credence.Server.Hosting.Settings;
using Credence.Server.Hosting.Start;

namespace Credence.Server.Hosting.Commands;

/// <summary>What the commands that work on the database have in common.</summary>
internal static class Tool
{
    /// <summary>Who is recorded as having done what a command did.</summary>
    public const string Actor = "command-line";

    /// <summary>Waits for the database as the server does, and runs a command with it.</summary>
    /// <returns>The exit code: 1 when the settings or the database do not let it run.</returns>
    public static Task<int> RunAsync(SettingValues settings, Func<IServiceProvider, Task<int>> run) =>
        RunAsync(settings, SettingRules.ProblemsForDatabase(settings), run);

    /// <summary>The same for a command that needs the keys too.</summary>
    /// <inheritdoc cref="RunAsync(SettingValues, Func{IServiceProvider, Task{int}})"/>
    public static Task<int> RunWithKeysAsync(SettingValues settings, Func<IServiceProvider, Task<int>> run) =>
        RunAsync(settings, [.. SettingRules.ProblemsForDatabase(settings), .. SettingRules.ProblemsForKeys(settings)], run);

    private static async Task<int> RunAsync(SettingValues settings, IReadOnlyList<string> problems, Func<IServiceProvider, Task<int>> run)
    {
        if (CommandLine.Report(problems)) return 1;
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
