using System.Diagnostics;
using Credence.Passwords;

namespace Credence.Bench;

/// <summary>
/// The people door: its reads beside the empty endpoint, signing in and up beside the bare hash, what two hundred sign-ins at once do to those who verify, and whether
/// the time of an answer tells that somebody is there (contract identity B.10). The rows are ratios within one run.
/// </summary>
/// <param name="stores">Where the server keeps its data.</param>
/// <param name="pace">How long a round lasts.</param>
/// <param name="calls">How many calls of each sort the comparison has.</param>
/// <param name="table">Where the rows go.</param>
internal sealed class PeopleRun(Stores stores, Pace pace, int calls, Table table)
{
    private const string Door = "/v1/api/identity/auth";
    private const string Password = "eleven pipers piping";
    private const int WarmUp = 20;

    private static readonly string Run = Guid.NewGuid().ToString("n")[..12];

    private int _turn;

    /// <summary>Measures and adds the rows.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await SpeedAsync(ct);
        var delay = await RevocationDelay.OfPermissionsAsync(stores, pace.Revocations, ct);
        table.Add("a permission taken at one node, known at the other: p50, p99", $"{delay.P50:N0} ms, {delay.P99:N0} ms", "≤ 1,000 ms", delay.P99 <= 1000);
        await EnumerationAsync(ct);
    }

    private async Task SpeedAsync(CancellationToken ct)
    {
        var bare = await Hashing.PerSecondAsync(HashForm.Argon2id, pace.Round, ct);
        table.Add("bare Argon2id, 64 MiB, all cores", $"{bare:N0}/s");
        await using var server = await ServerUnderLoad.CredenceAsync(stores, ("SIGN_IN_FAILURES", "unlimited"));
        using var line = await HttpLine.OpenAsync(server.Port, ct);
        var name = $"ada{Run}";
        await line.AskAsync(SignUp(name, null), 201, ct);
        var signIn = SignIn(name, Password);
        await line.AskAsync(signIn, 200, ct);
        var whoAmI = HttpLine.Request("GET", Door + "/who-am-i", line.Text("value"));

        var empty = await Load.AskAsync(server, HttpLine.Request("GET", "/livez"), pace, ct);
        table.Add("empty endpoint of the server (/livez)", empty);
        var idle = await Load.AskAsync(server, whoAmI, pace, ct);
        table.Add("GET /auth/who-am-i", idle, $"{idle.PerSecond / empty.PerSecond:P0} of empty");

        var ins = await Load.RunAsync(server, pace.Round, (each, stop) => each.AskAsync(signIn, 200, stop), ct);
        table.Add("POST /auth/sign-in", ins, $"{ins.PerSecond / bare:P0} of the bare hash", "≥ 80 %", ins.PerSecond >= 0.8 * bare);
        var ups = await Load.RunAsync(server, pace.Round, (each, stop) => each.AskAsync(SignUp($"u{Run}{Interlocked.Increment(ref _turn)}", null), 201, stop), ct);
        table.Add("POST /auth/sign-up", ups, $"{ups.PerSecond / bare:P0} of the bare hash", "≥ 80 %", ups.PerSecond >= 0.8 * bare);

        var busy = await Crowd.BesideAsync(server.Port, signIn, () => Load.AskAsync(server, whoAmI, pace, ct), ct);
        table.Add($"GET /auth/who-am-i while {Crowd.Size} sign in", busy, $"p99 {busy.P99 / idle.P99:N1} × idle", "≤ 5 ×", busy.P99 <= 5 * idle.P99);
    }

    /// <summary>Whether the time of an answer tells that somebody is there: the calls take turns, so that whatever else the machine does meets both alike.</summary>
    public async Task EnumerationAsync(CancellationToken ct)
    {
        await using var server = await ServerUnderLoad.CredenceAsync(stores, ("SIGN_IN_FAILURES", "unlimited"), ("PASSWORD_MEMORY_KIB", "19456"));
        using var line = await HttpLine.OpenAsync(server.Port, ct);
        var (name, address) = ($"eve{Run}", $"eve{Run}@example.test");
        await line.AskAsync(SignUp(name, address), 201, ct);
        var (known, unknown) = (SignIn(name, "not the password"), SignIn($"not{Run}", "not the password"));
        await CompareAsync(line, "sign-in", 401, () => known, () => unknown, ct);
        await CompareAsync(line, "sign-up with an address", 201, () => SignUp(Fresh(), address), () => SignUp(Fresh(), $"{Fresh()}@example.test"), ct);

        var owned = new Queue<string>(); // each address is asked for once: a second time within a minute it would be refused
        for (var call = -WarmUp; call < calls; call++)
        {
            var user = Fresh();
            owned.Enqueue($"{user}@example.test");
            await line.AskAsync(SignUp(user, owned.Last()), 201, ct);
        }

        await CompareAsync(line, "a code for a forgotten password", 200, () => Forgot(owned.Dequeue()), () => Forgot($"{Fresh()}@example.test"), ct);
    }

    private async Task CompareAsync(HttpLine line, string what, int status, Func<byte[]> known, Func<byte[]> unknown, CancellationToken ct)
    {
        var (there, nobody) = (new List<double>(calls), new List<double>(calls));
        for (var call = -WarmUp; call < calls; call++)
        {
            var first = call % 2 == 0; // whichever comes second would meet what the first left behind
            var times = (await TimeAsync(line, first ? known() : unknown(), status, ct), await TimeAsync(line, first ? unknown() : known(), status, ct));
            if (call < 0) continue;
            there.Add(first ? times.Item1 : times.Item2);
            nobody.Add(first ? times.Item2 : times.Item1);
        }

        var p = TwoSamples.P(there, nobody);
        table.Add(
            $"{what}, known or not, {calls:N0} calls each: medians", $"{TwoSamples.Median(there):N2} ms, {TwoSamples.Median(nobody):N2} ms, p = {p:N3}", "p ≥ 0.01", p >= 0.01);
    }

    private static async Task<double> TimeAsync(HttpLine line, byte[] request, int status, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        await line.AskAsync(request, status, ct);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private string Fresh() => $"f{Run}{Interlocked.Increment(ref _turn)}";

    private static byte[] SignUp(string name, string? address) => HttpLine.Request(
        "POST", Door + "/sign-up", null, $$"""{"username":"{{name}}","credential":"{{Password}}"{{(address is null ? "" : $",\"email\":\"{address}\"")}}}""");

    private static byte[] Forgot(string address) =>
        HttpLine.Request("POST", Door + "/forgot-password/request", null, $$$"""{"identifier":{"scheme":"EMAIL","value":"{{{address}}}"}}""");

    private static byte[] SignIn(string name, string password) => HttpLine.Request(
        "POST", Door + "/sign-in", null, $$$"""{"identifier":{"scheme":"USERNAME","value":"{{{name}}}"},"credential":{"scheme":"BASIC","value":"{{{password}}}"}}""");
}
