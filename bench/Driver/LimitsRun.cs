namespace Credence.Bench;

/// <summary>
/// Whether the limits of the manifests (one processor, 1 GiB) hold under load. There may be no control group to try them in, so the server is given what a container
/// gives it: one processor to run on, and three quarters of the memory for its heap, which is what .NET takes there. The rest is looked at from outside.
/// </summary>
/// <param name="stores">Where the server keeps its data, and a program that starts it so confined.</param>
/// <param name="pace">How long a round lasts.</param>
/// <param name="table">Where the rows go.</param>
internal sealed class LimitsRun(Stores stores, Pace pace, Table table)
{
    private const int Megabytes = 1_024;

    /// <summary>Loads it with everything in turn and adds the rows; an answer that is wrong ends it.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await using var server = await ServerUnderLoad.CredenceAsync(stores, ("SIGN_IN_FAILURES", "unlimited"));
        var work = await Works.PrepareAsync(server, server, ct);
        table.Add("start to the first 200, one processor", $"{server.StartedIn.TotalMilliseconds:N0} ms");
        table.Add("POST /v1/tokens/verify, one processor", await work.VerifyAsync(pace, ct));
        table.Add("authorize, approve, exchange, one processor", await work.FlowAsync(pace, ct));
        table.Add("POST /v1/audit/log, one processor", await work.LogAsync(pace, ct));

        var name = $"ada{Guid.NewGuid():n}"[..16];
        using var line = await HttpLine.OpenAsync(server.Port, ct);
        await line.AskAsync(PeopleRun.SignUp(name), 201, ct);
        var signIn = PeopleRun.SignIn(name, PeopleRun.Password);
        var busy = await Crowd.BesideAsync(server.Port, signIn, () => work.VerifyOnceAsync(pace.Round * 3, ct), ct);
        table.Add($"POST /v1/tokens/verify while {Crowd.Size} sign in, one processor", busy);
        var peak = server.PeakMegabytes();
        table.Add("  most memory it ever had", $"{peak:N0} MB", $"≤ {Megabytes:N0} MB", peak <= Megabytes);
    }
}
