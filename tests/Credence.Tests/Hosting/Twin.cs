using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Credence.Tests.Support;

namespace Credence.Tests.Hosting;

/// <summary>An organization with a directory, a provider and passkeys, that says the same of the same people as another of these.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Key">Its API key.</param>
/// <param name="Directory">The token of its directory.</param>
/// <param name="Session">The session of its person, who has signed on.</param>
/// <param name="Ids">What it has, by the route without its last part.</param>
/// <param name="Values">What else tells it from the other.</param>
internal sealed record Twin(string Id, string Key, string Directory, string Session, IReadOnlyDictionary<string, string> Ids, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>The person's names, which are the same in both.</summary>
    public const string Person = "ada@example.test", Subject = "ada", Group = "Pilots", Domain = "example.test";

    private static readonly string[] Scopes = ["email:read"];
    private static readonly object[] Emails = [new { value = Person, type = "work", primary = true }];
    private static readonly string[] Domains = [Domain];

    /// <summary>What must never be shown to the other.</summary>
    public IReadOnlyList<string> Marks { get; } = [Id, Key, Directory, Session, .. Ids.Values, .. Values.Values];

    /// <summary>Makes one; <paramref name="shared"/> is a device that its person uses with the other too.</summary>
    public static async Task<Twin> MakeAsync(HttpClient server, OpenIdStandIn provider, SoftAuthenticator shared)
    {
        var made = await SendAsync(HttpMethod.Post, "/v1/signup", null, new { name = "Twin" });
        var (id, key) = (Text(made, "developerId"), Text(made, "apiKey"));
        var directory = await SendAsync(HttpMethod.Post, "/v1/scim/tokens", key, new { label = "directory" });
        var token = Text(directory, "token");
        var user = Text(await SendAsync(HttpMethod.Post, "/scim/v2/Users", token, new { userName = Person, externalId = Subject, displayName = "Ada", emails = Emails }), "id");
        var members = new[] { new { value = user } };
        var group = Text(await SendAsync(HttpMethod.Post, "/scim/v2/Groups", token, new { displayName = Group, externalId = Group, members }), "id");

        var client = new { name = "Company", protocol = "oidc", issuerUrl = provider.Issuer, clientId = "credence", clientSecret = "secret", redirectUri = "https://app.example.test/", domains = Domains };
        var connection = Text(await SendAsync(HttpMethod.Post, "/v1/sso/connections", key, client), "id");
        await SendAsync(HttpMethod.Post, "/v1/sso/config", key, client);
        var (code, state) = OpenIdStandIn.SignIn(await LoginAsync(), Subject);
        var signedOn = await SendAsync(HttpMethod.Post, "/sso/callback/oidc", null, new { code, state });
        var session = Text(signedOn.GetProperty("principalSession"), "sessionToken");

        await SendAsync(HttpMethod.Patch, "/v1/me", key, new { fidoRequired = true, passkeyEnrolment = "key" });
        var byKey = await EnrolAsync("/v1/webauthn/register/options", "/v1/webauthn/register/verify", key, Subject, shared);
        using var own = new SoftAuthenticator();
        var (mine, credential) = await EnrolAsync("/v1/principal/passkeys/options", "/v1/principal/passkeys", session, null, own);
        using var spare = new SoftAuthenticator();
        var (_, unshared) = await EnrolAsync("/v1/webauthn/register/options", "/v1/webauthn/register/verify", key, Subject, spare);
        var agentId = Text(await SendAsync(HttpMethod.Post, "/v1/agents", key, new { name = "Agent", scopes = Scopes }), "agentId");
        var request = Text(await SendAsync(HttpMethod.Post, "/v1/authorize", key, new { agentId, principalId = Subject, scopes = Scopes }), "authRequestId");
        var open = await SendAsync(HttpMethod.Post, "/v1/webauthn/register/options", key, new { principalId = Subject });
        var opened = await SendAsync(HttpMethod.Post, "/v1/principal/passkeys/options", session, new { });
        var asked = await SendAsync(HttpMethod.Post, "/v1/webauthn/assert/options", null, new { authRequestId = request });
        using var stranger = new SoftAuthenticator();
        return new Twin(
            id, key, token, session,
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["/v1/scim/tokens/"] = Text(directory, "id"),
                ["/scim/v2/Users/"] = user,
                ["/scim/v2/Groups/"] = group,
                ["/v1/sso/connections/"] = connection,
                ["/v1/sso/sessions/"] = Text(signedOn, "sessionId"),
                ["/v1/webauthn/credentials/"] = byKey.Id,
                ["/v1/principal/passkeys/"] = mine,
            },
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["credential"] = credential,
                ["unshared"] = unshared,
                ["state"] = OpenIdStandIn.SignIn(await LoginAsync(), Subject).State,
                ["request"] = request,
                ["enrol"] = Text(open, "challengeId"),
                ["enrolled"] = stranger.Create(open.GetProperty("publicKey").GetRawText()),
                ["enrolOwn"] = Text(opened, "challengeId"),
                ["enrolledOwn"] = stranger.Create(opened.GetProperty("publicKey").GetRawText()),
                ["assert"] = Text(asked, "challengeId"),
                ["asserted"] = shared.Get(asked.GetProperty("publicKey").GetRawText()),
            });

        async Task<string> LoginAsync() => Text(await SendAsync(HttpMethod.Get, $"/sso/login?org={id}&domain={Domain}", null, null), "authorizeUrl");

        async Task<(string Id, string Credential)> EnrolAsync(string begin, string end, string bearer, string? principalId, SoftAuthenticator device)
        {
            var options = await SendAsync(HttpMethod.Post, begin, bearer, new { principalId });
            var response = JsonNode.Parse(device.Create(options.GetProperty("publicKey").GetRawText()))!;
            var enrolled = await SendAsync(HttpMethod.Post, end, bearer, new { challengeId = Text(options, "challengeId"), response });
            return (Text(enrolled, "id"), response["id"]!.GetValue<string>());
        }

        async Task<JsonElement> SendAsync(HttpMethod method, string path, string? bearer, object? body)
        {
            using var message = new HttpRequestMessage(method, path);
            if (body is not null) message.Content = JsonContent.Create(body);
            if (bearer is not null) message.Headers.Authorization = new("Bearer", bearer);
            using var answer = await server.SendAsync(message);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
