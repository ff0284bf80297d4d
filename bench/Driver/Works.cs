using Credence.Tokens;

namespace Credence.Bench;

/// <summary>What was found of every kind of request.</summary>
/// <param name="Bare">The least the framework can answer.</param>
/// <param name="Empty">The least the server can answer.</param>
/// <param name="Jwks">The key set.</param>
/// <param name="Verify">Online verification of tokens that agents show again and again.</param>
/// <param name="VerifyFirst">Online verification of tokens that were never seen before.</param>
/// <param name="List">A page of grants.</param>
/// <param name="Flow">From the question to the grant token.</param>
/// <param name="Log">Logging what an agent did, its hash in the answer; every connection logs into one organization.</param>
/// <param name="LogList">A page of what one agent did.</param>
internal sealed record Requests(
    Figures Bare, Figures Empty, Figures Jwks, Figures Verify, Figures VerifyFirst, Figures List, Figures Flow, Figures Log, Figures LogList);

/// <summary>The requests that are measured against each other.</summary>
internal sealed class Works
{
    private const int Shown = 1_000; // so many agents call with the token they have

    private readonly ServerUnderLoad _server;
    private readonly ServerUnderLoad _peer;
    private readonly Flow _flow;
    private readonly byte[][] _tokens;
    private int _turn;

    private Works(ServerUnderLoad server, ServerUnderLoad peer, Flow flow, string token)
    {
        (_server, _peer, _flow) = (server, peer, flow);
        _tokens = ManyTokens.Requests(token, VerifiedTokens<GrantClaims>.Most * 3 / 2); // in turn, each is forgotten before it comes again
    }

    /// <summary>Makes an agent and a grant token, and sees that it verifies.</summary>
    public static async Task<Works> PrepareAsync(ServerUnderLoad server, ServerUnderLoad peer, CancellationToken ct)
    {
        var flow = await Flow.PrepareAsync(server, ct);
        var (token, _) = await flow.OneAsync(server, ct);
        var verdict = await server.CallAsync(HttpMethod.Post, "/v1/tokens/verify", $$"""{"token":"{{token}}"}""", ct);
        if (!verdict.Contains("\"valid\":true", StringComparison.Ordinal)) throw new InvalidOperationException($"a fresh token does not verify: {verdict}");
        return new Works(server, peer, flow, token);
    }

    /// <summary>Measures all, turn by turn, so that whatever else the machine does meets them alike.</summary>
    public async Task<Requests> MeasureAsync(Pace pace, Action<string> say, CancellationToken ct)
    {
        say("warming up");
        var empty = Ask(HttpLine.Request("GET", "/livez"));
        var jwks = Ask(HttpLine.Request("GET", "/.well-known/jwks.json"));
        var list = Ask(HttpLine.Request("GET", "/v1/grants?limit=50", ServerUnderLoad.ApiKey));
        var logList = Ask(HttpLine.Request("GET", $"/v1/audit/entries?agentId={Fill.OneAgent}&limit=50", ServerUnderLoad.ApiKey));
        foreach (var (server, step) in new[]
        {
            (_peer, empty), (_server, empty), (_server, jwks), (_server, VerifyAgain), (_server, VerifyFirst), (_server, _flow.RunAsync), (_server, LogAsync), (_server, logList),
        })
        {
            await Load.RunAsync(server, pace.Round / 2, step, ct);
        }

        List<Figures> bares = [], empties = [], sets = [], verifies = [], firsts = [], lists = [], flows = [], logs = [], logLists = [];
        for (var round = 1; round <= pace.Rounds; round++)
        {
            say($"round {round} of {pace.Rounds}: empty endpoints, JWKS, verify, list, flow, audit log");
            bares.Add(await Load.RunAsync(_peer, pace.Round, empty, ct));
            empties.Add(await Load.RunAsync(_server, pace.Round, empty, ct));
            sets.Add(await Load.RunAsync(_server, pace.Round, jwks, ct));
            verifies.Add(await Load.RunAsync(_server, pace.Round, VerifyAgain, ct));
            firsts.Add(await Load.RunAsync(_server, pace.Round, VerifyFirst, ct));
            lists.Add(await Load.RunAsync(_server, pace.Round, list, ct));
            flows.Add(await Load.RunAsync(_server, pace.Round, _flow.RunAsync, ct));
            logs.Add(await Load.RunAsync(_server, pace.Round, LogAsync, ct));
            logLists.Add(await Load.RunAsync(_server, pace.Round, logList, ct));
        }

        return new Requests(
            Figures.Median(bares), Figures.Median(empties), Figures.Median(sets), Figures.Median(verifies), Figures.Median(firsts), Figures.Median(lists),
            Figures.Median(flows), Figures.Median(logs), Figures.Median(logLists));
    }

    /// <summary>Measures online verification alone.</summary>
    public Task<Figures> VerifyAsync(Pace pace, CancellationToken ct) => AloneAsync(VerifyAgain, pace, ct);

    /// <summary>One round of online verification, without a warm-up of its own.</summary>
    public Task<Figures> VerifyOnceAsync(TimeSpan time, CancellationToken ct) => Load.RunAsync(_server, time, VerifyAgain, ct);

    /// <summary>Measures the flow alone.</summary>
    public Task<Figures> FlowAsync(Pace pace, CancellationToken ct) => AloneAsync(_flow.RunAsync, pace, ct);

    /// <summary>Measures logging alone.</summary>
    public Task<Figures> LogAsync(Pace pace, CancellationToken ct) => AloneAsync(LogAsync, pace, ct);

    private async Task<Figures> AloneAsync(Func<HttpLine, CancellationToken, ValueTask> step, Pace pace, CancellationToken ct)
    {
        await Load.RunAsync(_server, pace.Round * 3, step, ct); // on a process that has done nothing else yet, much is compiled first
        var rounds = new List<Figures>();
        for (var round = 0; round < pace.Rounds; round++) rounds.Add(await Load.RunAsync(_server, pace.Round, step, ct));
        return Figures.Median(rounds);
    }

    private ValueTask VerifyAgain(HttpLine line, CancellationToken ct) => VerifyAsync(line, Shown, ct);

    private ValueTask VerifyFirst(HttpLine line, CancellationToken ct) => VerifyAsync(line, _tokens.Length, ct);

    private async ValueTask VerifyAsync(HttpLine line, int among, CancellationToken ct)
    {
        await line.AskAsync(_tokens[(uint)Interlocked.Increment(ref _turn) % among], 200, ct);
        if (!line.Body.Span.StartsWith("{\"valid\":true"u8)) throw new InvalidOperationException("a good token does not verify");
    }

    private async ValueTask LogAsync(HttpLine line, CancellationToken ct)
    {
        var entry = Interlocked.Increment(ref _turn);
        await line.AskAsync(
            HttpLine.Request(
                "POST", "/v1/audit/log", ServerUnderLoad.ApiKey,
                $$$"""
                {"agentId":"{{{Fill.OneAgent}}}","agentDid":"did:grantex:{{{Fill.OneAgent}}}","grantId":"grnt_{{{entry % 1_000}}}","principalId":"person-{{{entry % 100}}}",
                "action":"calendar.read","metadata":{"calendar":"work","entry":{{{entry}}} }}
                """),
            201, ct);
        if (line.Text("hash").Length != 64) throw new InvalidOperationException("an entry was logged without its hash");
    }

    private static Func<HttpLine, CancellationToken, ValueTask> Ask(byte[] request) => (line, ct) => line.AskAsync(request, 200, ct);
}
