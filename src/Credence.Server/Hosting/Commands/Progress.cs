namespace Credence.Server.Hosting.Commands;

/// <summary>Tells every few seconds how far long work is; of work that is soon done, nothing.</summary>
/// <param name="say">Hears it. Standard output is for the answer, so it goes to standard error.</param>
/// <param name="clock">Tells when it is time again.</param>
internal sealed class Progress(Action<string> say, TimeProvider clock)
{
    /// <summary>How long it is quiet before the first word, and between two.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);

    private long _last = clock.GetTimestamp();

    /// <summary>On standard error.</summary>
    public static Progress OnError() => new(Console.Error.WriteLine, TimeProvider.System);

    /// <summary>Says <paramref name="how"/> unless something was said just now. For work that comes by often.</summary>
    public void At(Func<string> how)
    {
        if (clock.GetElapsedTime(_last) < Rest) return;
        _last = clock.GetTimestamp();
        say(how());
    }

    /// <summary>Does work that does not come by, a single long statement, and says meanwhile how far it is.</summary>
    public async Task<T> WhileAsync<T>(Func<Task<T>> work, Func<string> how)
    {
        using var ended = new CancellationTokenSource();
        var saying = SayAsync(how, ended.Token);
        try
        {
            return await Task.Run(work); // SQLite's calls hold their thread
        }
        finally
        {
            await ended.CancelAsync();
            await saying;
        }
    }

    private async Task SayAsync(Func<string> how, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(Rest, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(ended)) say(how());
        }
        catch (OperationCanceledException)
        {
            // the work is done
        }
    }
}
