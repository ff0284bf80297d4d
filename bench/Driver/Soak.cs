using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Credence.Bench;

/// <summary>
/// A steady mixed load on two nodes for long: every request comes when its time has come, whether the former was answered or not, as callers do. Memory must stay
/// where it was, no answer may be wrong, and the last part must be as fast as the third.
/// </summary>
/// <param name="stores">What the two nodes share.</param>
/// <param name="time">How long in all.</param>
/// <param name="table">Where the rows go.</param>
internal sealed class Soak(Stores stores, TimeSpan time, Table table)
{
    private const int Parts = 12;
    private const string ClientId = "01900000-0000-7000-8000-000000000001";
    private const string Door = "/v1/api/identity/auth";
    private const string Password = "eleven pipers piping";

    private static readonly string Secret = $"sk_live_{RandomNumberGenerator.GetHexString(64, lowercase: true)}";

    private readonly ConcurrentBag<double>[] _taken = [.. Enumerable.Range(0, Parts).Select(_ => new ConcurrentBag<double>())];
    private readonly int[] _failed = new int[Parts];
    private readonly ConcurrentQueue<string> _delivered = new();
    private int _revoked;
    private string? _firstFailure;

    /// <summary>Runs it, and adds a row for each twelfth of the time.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        (string, string)[] settings = [("BOOTSTRAP_ADMIN_CLIENT", $"{ClientId}:{Secret}"), ("SIGN_IN_FAILURES", "unlimited")];
        await using var one = await ServerUnderLoad.CredenceAsync(stores, settings);
        await using var other = await ServerUnderLoad.CredenceAsync(stores, settings);
        await using var receiver = await WebhookRun.ReceiverAsync(_delivered, ct);
        await one.CallAsync(HttpMethod.Post, "/v1/webhooks", $$"""{"url":"{{receiver.Urls.First()}}/","events":["grant.revoked"]}""", ct);
        var began = Stopwatch.GetTimestamp();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var loads = (await LoadsAsync(one, other, ct)).Select(load => Task.Run(() => PaceAsync(load, began, over.Token), ct)).ToList();
        var memories = new List<(double One, double Other)>();
        for (var part = 1; part <= Parts; part++)
        {
            var samples = new List<(double One, double Other)>(); // one alone may fall on the moment before a collection
            while (samples.Count == 0 || Stopwatch.GetElapsedTime(began) < time * part / Parts)
            {
                samples.Add((one.ResidentMegabytes(), other.ResidentMegabytes()));
                await Task.Delay(TimeSpan.FromSeconds(1), ct);
            }

            memories.Add((Median(samples.Select(sample => sample.One)), Median(samples.Select(sample => sample.Other))));
            Console.Error.WriteLine($"--- {part} of {Parts}: {_taken[part - 1].Count:N0} answers, {_failed[part - 1]} failed, {memories[^1].One:N0} and {memories[^1].Other:N0} MB");
        }

        await over.CancelAsync();
        await Task.WhenAll(loads);
        for (var waited = 0; waited < 60 && _delivered.Count < _revoked; waited++) await Task.Delay(TimeSpan.FromSeconds(1), ct);
        Report(memories);
    }

    private void Report(List<(double One, double Other)> memories)
    {
        for (var part = 0; part < Parts; part++)
        {
            var (p50, p99) = (At(part, 0.5), At(part, 0.99));
            table.Add(
                $"minutes {time.TotalMinutes * part / Parts:0.#} to {time.TotalMinutes * (part + 1) / Parts:0.#}",
                $"{_taken[part].Count:N0} answers, {_failed[part]} failed, p50 {p50:N1} ms, p99 {p99:N1} ms, {memories[part].One:N0} MB, {memories[part].Other:N0} MB");
        }

        // The first parts compile, fill caches and reserve; from the third on nothing may grow.
        var growth = Math.Max(memories[^1].One / memories[2].One, memories[^1].Other / memories[2].Other);
        var slower = At(Parts - 1, 0.5) / At(2, 0.5);
        table.Add("answers that were wrong or never came", $"{_failed.Sum():N0}{(_firstFailure is null ? "" : $", such as {_firstFailure}")}", "0", _failed.Sum() == 0);
        table.Add("revocations delivered to a webhook", $"{_delivered.Count:N0} of {_revoked:N0}", "all", _delivered.Count == _revoked);
        table.Add("memory at the end, to that of the third part", $"{growth:P0}", "≤ 110 %", growth <= 1.1);
        table.Add("median of the last part, to that of the third", $"{slower:P0}", "≤ 120 %", slower <= 1.2);
    }

    private double At(int part, double share) => At(_taken[part], share);

    private static double Median(IEnumerable<double> of) => At(of, 0.5);

    private static double At(IEnumerable<double> of, double share)
    {
        var sorted = of.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }

    /// <summary>Something that is asked so many times a second.</summary>
    private sealed record Asked(double PerSecond, int Port, Func<HttpLine, CancellationToken, ValueTask> Ask);

    private async Task<List<Asked>> LoadsAsync(ServerUnderLoad one, ServerUnderLoad other, CancellationToken ct)
    {
        var flow = await Flow.PrepareAsync(one, ct);
        var (token, _) = await flow.OneAsync(one, ct);
        var verify = HttpLine.Request("POST", "/v1/tokens/verify", ServerUnderLoad.ApiKey, $$"""{"token":"{{token}}"}""");
        var client = HttpLine.Form("/api/v1/token", $"grant_type=client_credentials&client_id={ClientId}&client_secret={Secret}");
        using var line = await HttpLine.OpenAsync(one.Port, ct);
        await line.AskAsync(HttpLine.Request("POST", Door + "/sign-up", null, $$"""{"username":"soak","credential":"{{Password}}"}"""), 201, ct);
        var signIn = HttpLine.Request("POST", Door + "/sign-in", null, $$$"""{"identifier":{"scheme":"USERNAME","value":"soak"},"credential":{"scheme":"BASIC","value":"{{{Password}}}"}}""");
        return
        [
            .. new[] { one, other }.SelectMany(node => new[]
            {
                new Asked(50, node.Port, (to, stop) => to.AskAsync(verify, 200, stop)),
                new Asked(10, node.Port, (to, stop) => to.AskAsync(client, 200, stop)),
                new Asked(5, node.Port, flow.RunAsync),
                new Asked(1, node.Port, RevokeAsync),
                new Asked(2, node.Port, (to, stop) => to.AskAsync(HttpLine.Request("GET", "/v1/grants?limit=50", ServerUnderLoad.ApiKey), 200, stop)),
                new Asked(0.5, node.Port, (to, stop) => to.AskAsync(signIn, 200, stop)),
                new Asked(0.1, node.Port, (to, stop) => to.AskAsync(HttpLine.Request("GET", "/.well-known/jwks.json"), 200, stop)),
            }),
        ];

        async ValueTask RevokeAsync(HttpLine to, CancellationToken stop)
        {
            var grant = (await flow.GrantAsync(to, stop)).Text("grantId");
            await to.AskAsync(HttpLine.Request("DELETE", $"/v1/grants/{grant}", ServerUnderLoad.ApiKey), 204, stop);
            Interlocked.Increment(ref _revoked);
        }
    }

    /// <summary>Asks when the time has come; how long it took counts from then, so that an answer that was late because the one before it was is late too.</summary>
    private async Task PaceAsync(Asked asked, long began, CancellationToken over)
    {
        var every = TimeSpan.FromSeconds(1 / asked.PerSecond);
        HttpLine? line = null;
        try
        {
            for (var due = every * (RandomNumberGenerator.GetInt32(1000) / 1000.0); due < time; due += every)
            {
                var wait = due - Stopwatch.GetElapsedTime(began);
                if (wait > TimeSpan.Zero) await Task.Delay(wait, over);
                var part = Math.Min(Parts - 1, (int)(due / time * Parts));
                try
                {
                    line ??= await HttpLine.OpenAsync(asked.Port, over);
                    await asked.Ask(line, over);
                    _taken[part].Add((Stopwatch.GetElapsedTime(began) - due).TotalMilliseconds);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    Interlocked.Increment(ref _failed[part]);
                    _firstFailure ??= error.Message;
                    line?.Dispose();
                    line = null;
                }
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // the time is over
        }
        finally
        {
            line?.Dispose();
        }
    }
}
