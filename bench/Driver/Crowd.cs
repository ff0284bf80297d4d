namespace Credence.Bench;

/// <summary>Very many who sign in at once, each again and again.</summary>
internal static class Crowd
{
    /// <summary>How many.</summary>
    public const int Size = 200;

    /// <summary>What is measured while they do.</summary>
    /// <param name="port">Where.</param>
    /// <param name="signIn">What each asks.</param>
    /// <param name="measure">What is measured.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task<Figures> BesideAsync(int port, byte[] signIn, Func<Task<Figures>> measure, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var crowd = Enumerable.Range(0, Size).Select(_ => SignInUntilAsync(port, signIn, over.Token)).ToList();
        var busy = await measure();
        await over.CancelAsync();
        await Task.WhenAll(crowd);
        return busy;
    }

    /// <summary>Signs in until it is over; who finds the queue full is told to come back, and does.</summary>
    private static async Task SignInUntilAsync(int port, byte[] request, CancellationToken over)
    {
        try
        {
            using var line = await HttpLine.OpenAsync(port, over);
            while (true)
            {
                await line.AskAsync(request, over);
                if (line.Status == 503) await Task.Delay(TimeSpan.FromSeconds(1), over);
                else if (line.Status != 200) throw new InvalidOperationException($"a sign-in was answered {line.Status}");
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // the round is over
        }
    }
}
