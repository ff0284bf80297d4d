using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Credence.Tests.Hosting;

namespace Credence.Tests.AgentsDoor;

/// <summary>An organization at the agents door with one of everything, seen by its admin agent, whose token has every scope it may have.</summary>
/// <param name="Token">That token.</param>
/// <param name="ClientId">The admin agent.</param>
/// <param name="Secret">What it proves itself with.</param>
/// <param name="Ids">What stands for each parameter of a path.</param>
/// <param name="Texts">Further texts that only this organization has.</param>
internal sealed record DoorTenant(string Token, string ClientId, string Secret, IReadOnlyDictionary<string, string> Ids, IReadOnlyList<string> Texts)
{
    private const string Scopes = "agents:read agents:write tokens:read audit:read webhooks:read webhooks:write openid";
    private static readonly string[] Capabilities = ["documents:read"];
    private static readonly string[] Delegated = ["agents:read"];
    private static readonly string[] Told = ["agent.suspended"];

    /// <summary>The token of its delegation.</summary>
    public required string Delegation { get; init; }

    /// <summary>Everything by which it is known, as the door writes it and as the database does.</summary>
    public IReadOnlyList<string> Marks { get; } =
        [.. Ids.Values.Concat(Texts), .. Ids.Values.Select(id => Guid.TryParse(id, out var bits) ? Ulid.Format(bits) : id), Token, Secret];

    /// <summary>Makes one, through the door itself. Another piece of the door adds what it has to <paramref name="server"/>'s tenants here. Its webhook is at <paramref name="receiver"/>, which had better answer: retries change what is stored.</summary>
    public static async Task<DoorTenant> MakeAsync(HttpClient server, string name, string receiver)
    {
        var installer = await TokenAsync(server, Lively.OperatorForm, "agents:read agents:write admin:orgs");
        var organization = Text(await PostAsync(server, installer, "/api/v1/organizations", new { name = $"The {name} organization", slug = name }), "organizationId");
        var admin = Text(await PostAsync(server, installer, "/api/v1/agents", Profile($"admin@{name}.test")), "agentId");
        await PostAsync(server, installer, $"/api/v1/organizations/{organization}/members", new { agentId = admin, role = "admin" });
        var secret = Text(await PostAsync(server, installer, $"/api/v1/agents/{admin}/credentials", new { }), "clientSecret");
        var token = await TokenAsync(server, $"client_id={admin}&client_secret={secret}", Scopes);

        var agent = Text(await PostAsync(server, token, "/api/v1/agents", Profile($"worker@{name}.test")), "agentId");
        var credential = Text(await PostAsync(server, token, $"/api/v1/agents/{agent}/credentials", new { }), "credentialId");
        var delegation = await PostAsync(server, token, "/api/v1/oauth2/token/delegate", new { delegateeAgentId = agent, scopes = Delegated, ttlSeconds = 600 });
        var policy = await PostAsync(server, token, "/api/v1/oidc/trust-policies", new { provider = "github", repository = $"{name}/robots", agentId = agent });
        var webhook = Text(await PostAsync(server, token, "/api/v1/webhooks", new { name = $"hook of {name}", url = receiver, events = Told }), "id");
        var delivery = Text(await PostAsync(server, token, $"/api/v1/webhooks/{webhook}/test", new { }), "id");
        var ids = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["agentId"] = agent,
            ["credentialId"] = credential,
            ["orgId"] = organization,
            ["chainId"] = Text(delegation, "chainId"),
            ["policyId"] = Text(policy, "id"),
            ["webhookId"] = webhook,
            ["deliveryId"] = delivery,
            ["eventId"] = await EventAsync(server, token),
            ["partnerId"] = Guid.NewGuid().ToString(), // partners are the installation's: no organization has any
        };
        return new DoorTenant(token, admin, secret, ids, [admin, $"admin@{name}.test", $"worker@{name}.test", $"The {name} organization"])
        {
            Delegation = Text(delegation, "delegationToken"),
        };
    }

    /// <summary>A token of the same agent without one scope.</summary>
    public Task<string> WithoutAsync(HttpClient server, string scope) => TokenAsync(
        server, $"client_id={ClientId}&client_secret={Secret}", string.Join(' ', Scopes.Split(' ').Where(each => each != scope)));

    /// <summary>POSTs JSON that must be taken.</summary>
    internal static async Task<JsonElement> PostAsync(HttpClient server, string token, string path, object body)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await server.SendAsync(message);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
        return JsonDocument.Parse(text).RootElement.Clone();
    }

    /// <summary>The newest of its audit events.</summary>
    private static async Task<string> EventAsync(HttpClient server, string token)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, "/api/v1/audit?limit=1");
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await server.SendAsync(message);
        var events = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return Text(events.GetProperty("data")[0], "eventId");
    }

    private static async Task<string> TokenAsync(HttpClient server, string client, string scope)
    {
        using var form = new StringContent($"grant_type=client_credentials&{client}&scope={Uri.EscapeDataString(scope)}", Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await server.PostAsync(new Uri("/api/v1/token", UriKind.Relative), form);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return Text(JsonDocument.Parse(text).RootElement, "access_token");
    }

    private static object Profile(string email) =>
        new { email, agentType = "custom", version = "1.0.0", capabilities = Capabilities, owner = "tests", deploymentEnv = "staging" };

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
