using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;

namespace Credence.Bench;

/// <summary>
/// Whether the time of an answer tells that somebody is there (contract identity A 22, B.10): a thousand calls of each sort, of which known and unknown take turns, so that
/// whatever else the machine does meets both alike.
/// </summary>
/// <param name="stores">Where the server keeps its data.</param>
/// <param name="calls">How many calls of each sort the comparison has.</param>
/// <param name="table">Where the rows go.</param>
internal sealed class Enumeration(Stores stores, int calls, Table table)
{
    private const int WarmUp = 20;

    private static readonly string Run = Guid.NewGuid().ToString("n")[..12];
    private static readonly int FirstNumber = RandomNumberGenerator.GetInt32(10_000_000, 90_000_000);

    private int _turn;

    /// <summary>Compares and adds the rows.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await using var server = await ServerUnderLoad.CredenceAsync(stores, ("SIGN_IN_FAILURES", "unlimited"), ("PASSWORD_MEMORY_KIB", "19456"));
        using var line = await HttpLine.OpenAsync(server.Port, ct);
        var (name, address) = ($"eve{Run}", $"eve{Run}@example.test");
        await line.AskAsync(PeopleRun.SignUp(name, address), 201, ct);
        var (known, unknown) = (PeopleRun.SignIn(name, "not the password"), PeopleRun.SignIn($"not{Run}", "not the password"));
        await CompareAsync(line, "sign-in", 401, _ => known, _ => unknown, ct);
        await CompareAsync(line, "sign-up with an address", 201, _ => PeopleRun.SignUp(Fresh(), address), _ => PeopleRun.SignUp(Fresh(), $"{Fresh()}@example.test"), ct);

        // Each is asked for once in each namespace: a second time within a minute it would be refused.
        var owned = new List<(string Address, string Phone)>();
        for (var person = 0; person < calls + WarmUp; person++)
        {
            owned.Add(($"{Fresh()}@example.test", Number()));
            await line.AskAsync(PeopleRun.SignUp(Fresh(), owned[^1].Address, owned[^1].Phone), 201, ct);
        }

        await ProveAsync(ct);
        await CompareAsync(
            line, "a code for a forgotten password", 200, at => Ask("forgot-password", Email(owned[at].Address)), _ => Ask("forgot-password", Email($"{Fresh()}@example.test")), ct);
        await CompareAsync(
            line, "a code to prove a number", 200, at => Ask("verify-phone", $"\"phone\":\"{owned[at].Phone}\""), _ => Ask("verify-phone", $"\"phone\":\"{Number()}\""), ct);
        await CompareAsync(
            line, "a code to sign in by telephone", 200, at => Ask("phone-auth", $"\"phone\":\"{owned[at].Phone}\""), _ => Ask("phone-auth", $"\"phone\":\"{Number()}\""), ct);
        await Task.Delay(TimeSpan.FromMinutes(1), ct); // the sign-up sent a code there, and the next may be asked for after a minute
        await CompareAsync(
            line, "a code to prove an address", 200, at => Ask("verify-email", $"\"email\":\"{owned[at].Address}\""), _ => Ask("verify-email", $"\"email\":\"{Fresh()}@example.test\""), ct);
    }

    private async Task CompareAsync(HttpLine line, string what, int status, Func<int, byte[]> known, Func<int, byte[]> unknown, CancellationToken ct)
    {
        var (there, nobody) = (new List<double>(calls), new List<double>(calls));
        for (var call = 0; call < calls + WarmUp; call++)
        {
            var first = call % 2 == 0; // whichever comes second would meet what the first left behind
            var times = (await TimeAsync(line, first ? known(call) : unknown(call), status, ct), await TimeAsync(line, first ? unknown(call) : known(call), status, ct));
            if (call < WarmUp) continue;
            there.Add(first ? times.Item1 : times.Item2);
            nobody.Add(first ? times.Item2 : times.Item1);
        }

        var p = TwoSamples.P(there, nobody);
        table.Add(
            $"{what}, known or not, {calls:N0} calls each: medians", $"{TwoSamples.Median(there):N2} ms, {TwoSamples.Median(nobody):N2} ms, p = {p:N3}", "p ≥ 0.01", p >= 0.01);
    }

    /// <summary>A code signs in by telephone only where the number was proven; nobody reads a thousand short messages here.</summary>
    private async Task ProveAsync(CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(Fill.ConnectionString(stores.DatabaseUrl));
        await using var command = source.CreateCommand("update person_identifiers set verified = true where scheme = 'phone_number'");
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<double> TimeAsync(HttpLine line, byte[] request, int status, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        await line.AskAsync(request, status, ct);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    private string Fresh() => $"f{Run}{Interlocked.Increment(ref _turn)}";

    private string Number() => $"+849{FirstNumber + Interlocked.Increment(ref _turn):D8}";

    private static string Email(string address) => $"\"identifier\":{{\"scheme\":\"EMAIL\",\"value\":\"{address}\"}}";

    private static byte[] Ask(string ns, string members) => HttpLine.Request("POST", $"{PeopleRun.Door}/{ns}/request", null, $"{{{members}}}");
}
