using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Credence.Bench;

/// <summary>The agents door: client_credentials by algorithm, introspection, an authenticated read; beside the npm package <c>oidc-provider</c> in the same run.</summary>
internal sealed class AgentsRun(Stores stores, Pace pace, Table table)
{
    private const string AdminId = "01900000-0000-7000-8000-000000000001";

    private static readonly string Secret = $"sk_live_{RandomNumberGenerator.GetHexString(64, lowercase: true)}";

    private static readonly string[] Capabilities = ["bench:read"];

    /// <summary>Measures and adds the rows.</summary>
    public async Task RunAsync(double rsaSigning, CancellationToken ct)
    {
        var ecSigning = Signing.EcPerSecond(pace.Round);
        table.Add("bare ES256 signing, all cores", $"{ecSigning:N0}/s");
        await using var server = await ServerUnderLoad.CredenceAsync(
            stores, ("BOOTSTRAP_ADMIN_CLIENT", $"{AdminId}:{Secret}"));
        await using var peer = await ServerUnderLoad.OidcProviderAsync(Secret);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };
        var admin = await TokenAsync(client, AdminId, Secret, ct);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", admin);
        var agent = Text(await PostAsync(client, "/api/v1/agents", new { email = "bench@example.test", agentType = "monitor", version = "1.0.0", capabilities = Capabilities, owner = "bench", deploymentEnv = "production" }, ct), "agentId");

        var empty = await MeasureAsync(server, HttpLine.Request("GET", "/livez"), ct);
        var theirs = await MeasureAsync(peer, HttpLine.Form("/token", $"grant_type=client_credentials&client_id=bench&client_secret={Secret}&scope=agents:read"), ct);
        table.Add("empty endpoint of the server (/livez)", empty);
        table.Add("client_credentials of npm oidc-provider, ES256, in memory", theirs);
        foreach (var (algorithm, signing) in new[] { ("RS256", rsaSigning), ("ES256", ecSigning) })
        {
            var secret = Text(await PostAsync(client, $"/api/v1/agents/{agent}/credentials", new { signingAlg = algorithm }, ct), "clientSecret");
            var ours = await MeasureAsync(server, HttpLine.Form("/api/v1/token", $"grant_type=client_credentials&client_id={agent}&client_secret={secret}&scope=agents:read"), ct);
            var isEc = algorithm == "ES256";
            table.Add(
                $"client_credentials, {algorithm}, durable and audited", ours, $"{ours.PerSecond / signing:P0} of bare signing, {ours.PerSecond / theirs.PerSecond:N1} × oidc-provider",
                isEc ? "≥ 1,000/s, ≥ 1.5 × oidc-provider" : "", isEc ? ours.PerSecond >= 1000 && ours.PerSecond >= 1.5 * theirs.PerSecond : null);
        }

        var introspect = await MeasureAsync(server, HttpLine.Form("/api/v1/token/introspect", $"token={admin}", admin), ct);
        table.Add("token introspection", introspect, $"{introspect.PerSecond / empty.PerSecond:P0} of empty");
        var read = await MeasureAsync(server, HttpLine.Request("GET", $"/api/v1/agents/{agent}", admin), ct);
        table.Add("GET /api/v1/agents/{id}", read, $"{read.PerSecond / empty.PerSecond:P0} of empty");
    }

    /// <summary>How soon a second node refuses a token that the first has revoked (issue of the agents door: p99 ≤ 1 s).</summary>
    public async Task RevocationsAsync(CancellationToken ct)
    {
        foreach (var (name, redis) in new[] { ("with Redis", stores.RedisUrl), ("without Redis", Stores.NoRedis) })
        {
            var delay = await RevocationDelay.OfAccessTokensAsync(stores with { RedisUrl = redis }, (AdminId, Secret), pace.Revocations, ct);
            table.Add($"access token revoked, refused by another node, {name}: p50", $"{delay.P50:N0} ms");
            table.Add($"access token revoked, refused by another node, {name}: p99", $"{delay.P99:N0} ms", "≤ 1,000 ms", delay.P99 <= 1000);
        }
    }

    private async Task<Figures> MeasureAsync(ServerUnderLoad server, byte[] request, CancellationToken ct)
    {
        await Load.RunAsync(server, pace.Round, Ask, ct); // what is new to the process is compiled first
        var rounds = new List<Figures>();
        for (var round = 0; round < pace.Rounds; round++) rounds.Add(await Load.RunAsync(server, pace.Round, Ask, ct));
        return Figures.Median(rounds);

        ValueTask Ask(HttpLine line, CancellationToken stop) => line.AskAsync(request, 200, stop);
    }

    private static async Task<string> TokenAsync(HttpClient client, string id, string secret, CancellationToken ct)
    {
        using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("client_id", id), new("client_secret", secret)]);
        using var answer = await client.PostAsync("/api/v1/token", form, ct);
        return Text(await ReadAsync(answer, ct), "access_token");
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body, CancellationToken ct)
    {
        using var answer = await client.PostAsJsonAsync(path, body, ct);
        return await ReadAsync(answer, ct);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var text = await answer.Content.ReadAsStringAsync(ct);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"{answer.RequestMessage!.RequestUri} answered {(int)answer.StatusCode}: {text}");
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
