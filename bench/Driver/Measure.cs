using System.Text.Json;

namespace Credence.Bench;

/// <summary>How long and how often things are measured.</summary>
/// <param name="Round">How long one load lasts.</param>
/// <param name="Rounds">How many rounds there are; the one in the middle counts.</param>
/// <param name="Starts">How many starts are timed.</param>
/// <param name="Revocations">How many revocations are timed.</param>
/// <param name="Many">How many grants the store is filled with to look at growth; 0 for neither that nor the agents door.</param>
internal sealed record Pace(TimeSpan Round, int Rounds, int Starts, int Revocations, int Many)
{
    /// <summary>Under two minutes.</summary>
    public static readonly Pace Quick = new(TimeSpan.FromSeconds(2), 1, 3, 12, 0);

    /// <summary>All of it.</summary>
    public static readonly Pace Whole = new(TimeSpan.FromSeconds(10), 3, 7, 200, 1_000_000);
}

/// <summary>Measures what design 6 names, one thing after the other, and prints the table.</summary>
internal sealed class Measure(Stores stores, Pace pace)
{
    private const int Few = 1_000;
    private const int AuditedGrants = 100_000;
    private const int LoggedEntries = 500_000;

    private readonly Table _table = new();

    /// <summary>Runs it.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await MeasureAsync(ct);
        }
        finally
        {
            _table.Print(); // what was measured before something failed was measured all the same
        }
    }

    /// <summary>The flow and its ceiling alone, for work on them.</summary>
    public async Task FlowAsync(CancellationToken ct)
    {
        var signing = Signing.PerSecond(pace.Round);
        await using var server = await ServerUnderLoad.CredenceAsync(stores);
        var flow = await (await Works.PrepareAsync(server, server, ct)).FlowAsync(pace, ct);
        _table.Add("bare RSA-2048 signing, all cores", $"{signing:N0}/s");
        _table.Add("authorize, approve, exchange: grant token", flow, $"{flow.PerSecond / signing:P0} of bare signing");
        _table.Print();
    }

    /// <summary>What is measured of requests, at first and with a million grants, alone.</summary>
    public async Task GrowthAsync(CancellationToken ct)
    {
        await FillAsync(Few, ct);
        await GrowthAsync(await RequestsAsync(Signing.PerSecond(pace.Round), ct), ct);
        _table.Print();
    }

    /// <summary>The agents door alone.</summary>
    public async Task AgentsAsync(CancellationToken ct)
    {
        var run = new AgentsRun(stores, pace, _table);
        await run.RunAsync(Signing.PerSecond(pace.Round), ct);
        Say("how soon another node refuses a revoked access token");
        await run.RevocationsAsync(ct);
        _table.Print();
    }

    /// <summary>A steady mixed load on two nodes for long.</summary>
    public async Task SoakAsync(TimeSpan time, CancellationToken ct)
    {
        await FillAsync(Few, ct);
        await new Soak(stores, time, _table).RunAsync(ct);
        _table.Print();
    }

    /// <summary>The audit log alone: on an almost empty store, and again behind half a million entries.</summary>
    public async Task AuditAsync(CancellationToken ct)
    {
        var organization = await FillAsync(Few, ct);
        var few = await LogAsync(ct);
        Logged(few);
        Say($"logging {LoggedEntries:N0} entries");
        await Auditor.LogAsync(stores.DatabaseUrl, organization, LoggedEntries, ct);
        Grown("POST /v1/audit/log", $"behind {LoggedEntries:N0} entries", few, await LogAsync(ct), "before");
        await TakeAsync("/v1/audit/entries", ct);
        _table.Print();
    }

    private async Task<Figures> LogAsync(CancellationToken ct)
    {
        await using var server = await ServerUnderLoad.CredenceAsync(stores);
        return await (await Works.PrepareAsync(server, server, ct)).LogAsync(pace, ct);
    }

    private void Grown(string name, string by, Figures before, Figures after, string than) => _table.Add(
        $"{name}, {by}", after, $"{after.PerSecond / before.PerSecond:P0} of {than}", "≥ 80 %", after.PerSecond >= 0.8 * before.PerSecond);

    /// <summary>Deliveries alone, for work on them.</summary>
    public async Task WebhooksAsync(CancellationToken ct)
    {
        await DeliveriesAsync(ct);
        _table.Print();
    }

    /// <summary>Evidence packs and exports of a long log, alone and beside those who verify tokens.</summary>
    public async Task ComplianceAsync(CancellationToken ct)
    {
        var organization = await FillAsync(AuditedGrants, ct, logs: false);
        Say($"logging {LoggedEntries:N0} entries");
        await Auditor.LogAsync(stores.DatabaseUrl, organization, LoggedEntries, ct);
        foreach (var path in Auditor.Paths.Append("/v1/audit/entries")) await TakeAsync(path, ct);
        Say("verify, alone and while an auditor takes everything");
        await Auditor.BesideVerifyAsync(stores, pace, _table, ct);
        _table.Print();
    }

    private async Task MeasureAsync(CancellationToken ct)
    {
        Say("bare RSA-2048 signatures on all cores");
        var signing = Signing.PerSecond(pace.Round);
        _table.Add("bare RSA-2048 signing, all cores", $"{signing:N0}/s");

        await StartsAsync(ct);
        await FillAsync(Few, ct);
        var before = await RequestsAsync(signing, ct);
        await LimitedAsync(before, ct);
        await RevocationsAsync(ct);
        await DeliveriesAsync(ct);
        if (pace.Many == 0) return;
        Say("the agents door: client_credentials, introspection, a read; oidc-provider beside it");
        await new AgentsRun(stores, pace, _table).RunAsync(signing, ct);
        await GrowthAsync(before, ct);
    }

    private async Task StartsAsync(CancellationToken ct)
    {
        Say("start-up time and memory at rest");
        await using (await ServerUnderLoad.CredenceAsync(stores))
        {
            // migrates, makes the keys
        }

        var starts = new List<double>();
        for (var start = 0; start < pace.Starts; start++)
        {
            await using var timed = await ServerUnderLoad.CredenceAsync(stores);
            starts.Add(timed.StartedIn.TotalMilliseconds);
        }

        _table.Add("start to the first 200 on /health", $"{starts.Order().ElementAt(starts.Count / 2):N0} ms", "≤ 1,000 ms", starts.Order().ElementAt(starts.Count / 2) <= 1000);

        await using var server = await ServerUnderLoad.CredenceAsync(stores);
        await Task.Delay(TimeSpan.FromSeconds(10), ct);
        var memory = server.ResidentMegabytes();
        _table.Add("memory at rest (RSS)", $"{memory:N0} MB", "≤ 100 MB", memory <= 100);
    }

    private async Task<Requests> RequestsAsync(double signing, CancellationToken ct)
    {
        await using var server = await ServerUnderLoad.CredenceAsync(stores);
        await using var peer = await ServerUnderLoad.PeerAsync();
        var work = await Works.PrepareAsync(server, peer, ct);
        var found = await work.MeasureAsync(pace, Say, ct);

        _table.Add("empty JSON endpoint, bare Kestrel", found.Bare);
        _table.Add("empty endpoint of the server (/livez)", found.Empty, $"{found.Empty.PerSecond / found.Bare.PerSecond:P0} of bare");
        _table.Add("JWKS", found.Jwks, Ratios(found.Jwks, found), "≥ 90 % of the empty endpoint", found.Jwks.PerSecond >= 0.9 * found.Empty.PerSecond);
        Verified("POST /v1/tokens/verify, 1,000 tokens in turn", found.Verify);
        Verified("POST /v1/tokens/verify, each token for the first time", found.VerifyFirst);
        _table.Add("GET /v1/grants, a page of 50", found.List);
        _table.Add(
            "authorize, approve, exchange: grant token", found.Flow, $"{found.Flow.PerSecond / signing:P0} of bare signing", "≥ 50 % of bare signing",
            found.Flow.PerSecond >= 0.5 * signing);
        Logged(found.Log);
        _table.Add("GET /v1/audit/entries, one agent's, a page of 50", found.LogList);
        _table.Add("memory after that (RSS)", $"{server.ResidentMegabytes():N0} MB");
        return found;

        void Verified(string name, Figures verify)
        {
            _table.Add(name, verify, Ratios(verify, found), "≥ 50 % of the empty endpoint", verify.PerSecond >= 0.5 * found.Empty.PerSecond);
            _table.Add("  its p99", $"{verify.P99:N1} ms", "≤ 5 ms", verify.P99 <= 5);
        }

        static string Ratios(Figures of, Requests to) => $"{of.PerSecond / to.Empty.PerSecond:P0} of empty, {of.PerSecond / to.Bare.PerSecond:P0} of bare";
    }

    /// <summary>With rate limits on, as production has them: what they cost where nothing else does any I/O.</summary>
    private async Task LimitedAsync(Requests free, CancellationToken ct)
    {
        const string Plenty = "10000000"; // the most that the setting takes
        await using var server = await ServerUnderLoad.CredenceAsync(
            stores, ("RATE_LIMITS_ENABLED", "true"), ("RATE_LIMIT_ADDRESS_PER_MINUTE", Plenty), ("PLAN_FREE_REQUESTS_PER_MINUTE", Plenty),
            ("RATE_LIMIT_AUTHORIZE_PER_MINUTE", Plenty));
        await using var peer = await ServerUnderLoad.PeerAsync();
        var work = await Works.PrepareAsync(server, peer, ct);
        Say("verify with rate limits on");
        var verify = await work.VerifyAsync(pace, ct);
        _table.Add("POST /v1/tokens/verify, rate limits on", verify, $"{verify.PerSecond / free.Verify.PerSecond:P0} of without");
    }

    private async Task RevocationsAsync(CancellationToken ct)
    {
        foreach (var (name, redis, most) in new[] { ("with Redis", stores.RedisUrl, 1000), ("without Redis", Stores.NoRedis, 2000) })
        {
            Say($"how soon another node knows a revocation, {name}");
            var p99 = (await RevocationDelay.OfGrantTokensAsync(stores with { RedisUrl = redis }, pace.Revocations, ct)).P99;
            _table.Add($"revocation known on another node, {name}, p99", $"{p99:N0} ms", $"≤ {most:N0} ms", p99 <= most);
        }
    }

    private async Task DeliveriesAsync(CancellationToken ct)
    {
        const int Events = 1_000;
        Say($"{Events:N0} webhook deliveries from two nodes");
        var (took, twins) = await WebhookRun.MeasureAsync(stores, Events, ct);
        _table.Add(
            $"{Events:N0} webhook deliveries to one receiver, two nodes", $"{took.TotalSeconds:N1} s, {twins} twice", "≤ 30 s, none twice", took.TotalSeconds <= 30 && twins == 0);
    }

    private async Task GrowthAsync(Requests few, CancellationToken ct)
    {
        await FillAsync(pace.Many, ct);
        await TakeAsync("/v1/audit/entries", ct);
        await using var server = await ServerUnderLoad.CredenceAsync(stores);
        await using var peer = await ServerUnderLoad.PeerAsync();
        var work = await Works.PrepareAsync(server, peer, ct);
        await RestAsync(server, ct);
        var many = await work.MeasureAsync(pace, Say, ct);
        Row("POST /v1/tokens/verify", few.Verify, many.Verify);
        Row("GET /v1/grants, a page of 50", few.List, many.List);
        Row("authorize, approve, exchange", few.Flow, many.Flow);
        Row("POST /v1/audit/log", few.Log, many.Log);
        Row("GET /v1/audit/entries, a page of 50", few.LogList, many.LogList);

        void Row(string name, Figures before, Figures after) => Grown(name, $"{pace.Many:N0} grants", before, after, $"{Few:N0}");
    }

    /// <summary>
    /// Waits until the server and the database have caught up with what was filled in behind their backs, of which a log that grew slowly leaves nothing
    /// to do: tiles of the audit tree, a first look for anomalies, dirty pages.
    /// </summary>
    private static async Task RestAsync(ServerUnderLoad server, CancellationToken ct)
    {
        Say("waiting until the store is at rest");
        var calm = 0;
        for (var (waited, before) = (0, Busy()); calm < 5 && waited < 300; waited++)
        {
            await Task.Delay(1000, ct);
            var now = Busy();
            calm = now - before < TimeSpan.FromMilliseconds(100) ? calm + 1 : 0;
            before = now;
        }

        if (calm < 5) throw new TimeoutException("the store did not come to rest");

        TimeSpan Busy() => server.Computed() + DatabaseWork.Computed();
    }

    private void Logged(Figures log) =>
        _table.Add("POST /v1/audit/log, one organization, 64 writers", log, "", "≥ 3,000/s", log.PerSecond >= 3_000);

    /// <summary>The whole of a long answer, taken by one caller: it goes out as it is read.</summary>
    private async Task TakeAsync(string path, CancellationToken ct)
    {
        Say($"the whole of {path}");
        await using var server = await ServerUnderLoad.CredenceAsync(stores);
        await server.CallAsync(HttpMethod.Get, "/audit/v1/checkpoint", null, ct); // the first one, over all that was filled in, takes its time
        var (taken, growth) = await LongList.TakeAsync(server, path, ct);
        _table.Add($"GET {path}, whole", $"{taken.Megabytes:N0} MB in {taken.Time.TotalSeconds:N1} s");
        _table.Add("  memory the server grew by meanwhile", $"{growth:N0} MB", "≤ 100 MB", growth <= 100);
    }

    private async Task<string> FillAsync(int grants, CancellationToken ct, bool logs = true)
    {
        Say($"filling the store with {grants:N0} grants");
        await using var server = await ServerUnderLoad.CredenceAsync(stores);
        using var me = JsonDocument.Parse(await server.CallAsync(HttpMethod.Get, "/v1/me", null, ct));
        var organization = me.RootElement.GetProperty("developerId").GetString()!;
        await Fill.RunAsync(stores.DatabaseUrl, organization, grants, logs, ct);
        return organization;
    }

    private static void Say(string what) => Console.Error.WriteLine($"--- {what}");
}
