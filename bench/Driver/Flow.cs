using System.Text.Json;

namespace Credence.Bench;

/// <summary>The main job: an agent's developer asks, the person approves, the code becomes a grant token.</summary>
internal sealed class Flow(string agentId)
{
    private static int _people;

    /// <summary>Registers an agent to ask for.</summary>
    public static async Task<Flow> PrepareAsync(ServerUnderLoad server, CancellationToken ct)
    {
        var made = await server.CallAsync(HttpMethod.Post, "/v1/agents", """{"name":"bench agent","scopes":["calendar:read","email:send"]}""", ct);
        using var agent = JsonDocument.Parse(made);
        return new Flow(agent.RootElement.GetProperty("agentId").GetString()!);
    }

    /// <summary>One whole flow: three requests.</summary>
    public async ValueTask RunAsync(HttpLine line, CancellationToken ct) => await GrantAsync(line, ct);

    /// <summary>One whole flow, and the answer of its last step.</summary>
    public async ValueTask<HttpLine> GrantAsync(HttpLine line, CancellationToken ct)
    {
        var person = Interlocked.Increment(ref _people);
        await line.AskAsync(
            HttpLine.Request(
                "POST", "/v1/authorize", ServerUnderLoad.ApiKey,
                $$"""{"agentId":"{{agentId}}","principalId":"person-{{person}}","scopes":["calendar:read","email:send"],"expiresIn":"24h"}"""),
            201, ct);
        var request = line.Text("authRequestId");
        await line.AskAsync(HttpLine.Request("POST", $"/v1/consent/{request}/approve"), 200, ct);
        var code = line.Text("code");
        await line.AskAsync(
            HttpLine.Request("POST", "/v1/token", ServerUnderLoad.ApiKey, $$"""{"code":"{{code}}","agentId":"{{agentId}}"}"""), 201, ct);
        return line;
    }

    /// <summary>One flow's grant token and grant.</summary>
    public async Task<(string Token, string Grant)> OneAsync(ServerUnderLoad server, CancellationToken ct)
    {
        using var line = await HttpLine.OpenAsync(server.Port, ct);
        await GrantAsync(line, ct);
        return (line.Text("grantToken"), line.Text("grantId"));
    }
}
