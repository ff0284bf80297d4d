using Credence.Passwords;

namespace Credence.Bench;

/// <summary>The forward-auth door: <c>/verify</c> beside the empty endpoint, registering and logging in beside the bare hash, and <c>/verify</c> while two hundred log in.</summary>
/// <param name="stores">Where the server keeps its data.</param>
/// <param name="pace">How long a round lasts.</param>
/// <param name="table">Where the rows go.</param>
internal sealed class ForwardAuthRun(Stores stores, Pace pace, Table table)
{
    private static readonly string Run = Guid.NewGuid().ToString("n")[..12];

    private int _turn;

    /// <summary>Measures and adds the rows.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var bare = await Hashing.PerSecondAsync(HashForm.Bcrypt, pace.Round, ct);
        table.Add("bare bcrypt, cost 10, all cores", $"{bare:N0}/s");
        await using var server = await ServerUnderLoad.CredenceAsync(stores, ("SIGN_IN_FAILURES", "unlimited"));
        using var line = await HttpLine.OpenAsync(server.Port, ct);
        var address = $"zoe{Run}@example.test";
        await line.AskAsync(Call("register", address), 201, ct);
        var login = Call("login", address);
        await line.AskAsync(login, 200, ct);
        var verify = HttpLine.Request("GET", "/verify", line.Text("token"));

        var empty = await Load.AskAsync(server, HttpLine.Request("GET", "/livez"), pace, ct);
        var idle = await Load.AskAsync(server, verify, pace, ct);
        table.Add("GET /verify", idle, $"{idle.PerSecond / empty.PerSecond:P0} of empty", "≥ 50 % of the empty endpoint", idle.PerSecond >= 0.5 * empty.PerSecond);
        table.Add("  its p99", $"{idle.P99:N1} ms", "≤ 5 ms", idle.P99 <= 5);

        var ins = await Load.RunAsync(server, pace.Round, (each, stop) => each.AskAsync(login, 200, stop), ct);
        table.Add("POST /auth/login", ins, $"{ins.PerSecond / bare:P0} of the bare hash", "≥ 80 %", ins.PerSecond >= 0.8 * bare);
        var ups = await Load.RunAsync(server, pace.Round, (each, stop) => each.AskAsync(Call("register", $"u{Run}{Interlocked.Increment(ref _turn)}@example.test"), 201, stop), ct);
        table.Add("POST /auth/register", ups, $"{ups.PerSecond / bare:P0} of the bare hash", "≥ 80 %", ups.PerSecond >= 0.8 * bare);

        var busy = await Crowd.BesideAsync(server.Port, login, () => Load.AskAsync(server, verify, pace, ct), ct);
        table.Add($"GET /verify while {Crowd.Size} log in", busy, $"p99 {busy.P99 / idle.P99:N1} × idle", "≤ 5 ×", busy.P99 <= 5 * idle.P99);
    }

    private static byte[] Call(string what, string address) =>
        HttpLine.Request("POST", $"/auth/{what}", null, $$"""{"email":"{{address}}","password":"eleven pipers piping"}""");
}
