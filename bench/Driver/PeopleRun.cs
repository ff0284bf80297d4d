using Credence.Passwords;

namespace Credence.Bench;

/// <summary>
/// The people door: its reads beside the empty endpoint, signing in and up beside the bare hash, and what two hundred sign-ins at once do to those who
/// verify (contract identity B.10). The rows are ratios within one run.
/// </summary>
/// <param name="stores">Where the server keeps its data.</param>
/// <param name="pace">How long a round lasts.</param>
/// <param name="table">Where the rows go.</param>
internal sealed class PeopleRun(Stores stores, Pace pace, Table table)
{
    internal const string Door = "/v1/api/identity/auth";
    internal const string Password = "eleven pipers piping";

    private static readonly string Run = Guid.NewGuid().ToString("n")[..12];

    private int _turn;

    /// <summary>Measures and adds the rows.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await SpeedAsync(ct);
        var delay = await RevocationDelay.OfPermissionsAsync(stores, pace.Revocations, ct);
        table.Add("a permission taken at one node, known at the other: p50, p99", $"{delay.P50:N0} ms, {delay.P99:N0} ms", "≤ 1,000 ms", delay.P99 <= 1000);
    }

    private async Task SpeedAsync(CancellationToken ct)
    {
        var bare = await Hashing.PerSecondAsync(HashForm.Argon2id, pace.Round, ct);
        table.Add("bare Argon2id, 64 MiB, all cores", $"{bare:N0}/s");
        await using var server = await ServerUnderLoad.CredenceAsync(stores, ("SIGN_IN_FAILURES", "unlimited"));
        using var line = await HttpLine.OpenAsync(server.Port, ct);
        var name = $"ada{Run}";
        await line.AskAsync(SignUp(name), 201, ct);
        var signIn = SignIn(name, Password);
        await line.AskAsync(signIn, 200, ct);
        var whoAmI = HttpLine.Request("GET", Door + "/who-am-i", line.Text("value"));

        var empty = await Load.AskAsync(server, HttpLine.Request("GET", "/livez"), pace, ct);
        table.Add("empty endpoint of the server (/livez)", empty);
        var idle = await Load.AskAsync(server, whoAmI, pace, ct);
        table.Add("GET /auth/who-am-i", idle, $"{idle.PerSecond / empty.PerSecond:P0} of empty");

        var ins = await Load.RunAsync(server, pace.Round, (each, stop) => each.AskAsync(signIn, 200, stop), ct);
        table.Add("POST /auth/sign-in", ins, $"{ins.PerSecond / bare:P0} of the bare hash", "≥ 80 %", ins.PerSecond >= 0.8 * bare);
        var ups = await Load.RunAsync(server, pace.Round, (each, stop) => each.AskAsync(SignUp($"u{Run}{Interlocked.Increment(ref _turn)}"), 201, stop), ct);
        table.Add("POST /auth/sign-up", ups, $"{ups.PerSecond / bare:P0} of the bare hash", "≥ 80 %", ups.PerSecond >= 0.8 * bare);

        var busy = await Crowd.BesideAsync(server.Port, signIn, () => Load.AskAsync(server, whoAmI, pace, ct), ct);
        table.Add($"GET /auth/who-am-i while {Crowd.Size} sign in", busy, $"p99 {busy.P99 / idle.P99:N1} × idle", "≤ 5 ×", busy.P99 <= 5 * idle.P99);
    }

    /// <summary>A sign-up.</summary>
    internal static byte[] SignUp(string name, string? address = null, string? phone = null) => HttpLine.Request(
        "POST", Door + "/sign-up", null,
        $$"""{"username":"{{name}}","credential":"{{Password}}"{{Member("email", address)}}{{Member("phone", phone)}}}""");

    /// <summary>A sign-in by user name.</summary>
    internal static byte[] SignIn(string name, string password) => HttpLine.Request(
        "POST", Door + "/sign-in", null, $$$"""{"identifier":{"scheme":"USERNAME","value":"{{{name}}}"},"credential":{"scheme":"BASIC","value":"{{{password}}}"}}""");

    private static string Member(string name, string? value) => value is null ? "" : $",\"{name}\":\"{value}\"";
}
