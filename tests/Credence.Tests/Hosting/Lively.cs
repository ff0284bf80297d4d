using System.Buffers.Text;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Credence.Tests.Support;

namespace Credence.Tests.Hosting;

/// <summary>An organization that has one of everything, so that what it is asked can mean something.</summary>
/// <param name="Key">Its API key.</param>
/// <param name="Members">Members of bodies, as JSON, that make sense together.</param>
/// <param name="Ids">The ids of things, by the first part of the path under which they are found.</param>
/// <param name="ScimToken">Its directory's token, for the routes that take that.</param>
/// <param name="Session">A principal's session token, for the routes that take one in place of the key.</param>
/// <param name="AccessToken">An agent's access token with every scope, for the agents door.</param>
/// <param name="DelegationToken">What that agent passed on to another.</param>
/// <param name="PersonToken">A person's token, for the people door.</param>
/// <param name="Person">That person.</param>
internal sealed record Lively(
    string Key, string Session, string ScimToken, string AccessToken, string DelegationToken, string PersonToken, PersonId Person,
    IReadOnlyDictionary<string, string> Members, IReadOnlyDictionary<string, string[]> Ids)
{
    /// <summary><c>BOOTSTRAP_ADMIN_CLIENT</c> of the servers that this is made on.</summary>
    public const string Operator = $"{OperatorId}:{OperatorSecret}";

    /// <summary>How that client proves itself in a form.</summary>
    public const string OperatorForm = $"client_id={OperatorId}&client_secret={OperatorSecret}";

    private const string OperatorId = "0197a000-0000-7000-8000-00000000bbbb";
    private const string OperatorSecret = "sk_live_of_the_operator_of_the_tests";
    private const string Password = "eleven pipers piping";
    private static readonly string[] Scopes = ["email:read"];
    private static readonly string[] Capabilities = ["documents:read"];
    private static readonly string[] DoorScopes = ["agents:read"];
    private static readonly string[] DoorTold = ["agent.suspended"];
    private static readonly string[] Told = ["grant.created"];
    private static readonly string[] Low = ["low"];
    private static readonly string[] Emails = ["ada@example.test"];

    /// <summary>Every text that exists.</summary>
    public IReadOnlyList<string> Values { get; } =
        [.. Ids.Values.SelectMany(ids => ids), .. Members.Values.Where(json => json.StartsWith('"')).Select(json => json.Trim('"'))];

    /// <summary>Makes one, that is told of its events at <paramref name="receiver"/>.</summary>
    public static async Task<Lively> MakeAsync(HttpClient server, string receiver)
    {
        var made = await PostAsync("/v1/signup", null, new { name = "Lively", mode = "sandbox" });
        var key = Text(made, "apiKey");
        var agentId = Text(await PostAsync("/v1/agents", key, new { name = "Agent", scopes = Scopes }), "agentId");
        var spareKey = Text(await PostAsync("/v1/keys", key, new { label = "spare" }), "keyId");
        var webhook = Text(await PostAsync("/v1/webhooks", key, new { url = receiver, events = Told }), "id");
        var delivery = Text(await PostAsync($"/v1/webhooks/{webhook}/ping", key, new { }), "id");
        var asked = new List<JsonElement>();
        for (var at = 0; at < 3; at++) asked.Add(await PostAsync("/v1/authorize", key, new { agentId, principalId = "ada", scopes = Scopes }));
        var issued = await PostAsync("/v1/token", key, new { code = Text(asked[0], "code"), agentId });
        var token = Text(issued, "grantToken");
        var logged = Text(await PostAsync("/v1/audit/log", key, new { agentId, agentDid = "did:example:1", grantId = Text(issued, "grantId"), principalId = "ada", action = "mail.send" }), "entryId");
        var session = await PostAsync("/v1/principal-sessions", key, new { principalId = "ada" });

        var policyId = Text(await PostAsync("/v1/policies", key, new { name = "Rule", effect = "allow" }), "id");

        var ruleId = Text(await PostAsync("/v1/anomaly/rules", key, new { ruleId = "many", name = "Many", condition = new { metric = "grants", windowMinutes = 60, threshold = 0 } }), "id");
        var channelId = Text(await PostAsync("/v1/anomaly/channels", key, new { type = "email", name = "Ops", config = new { email = "ops@example.com" }, severities = Low }), "id");
        var found = await PostAsync("/v1/anomalies/detect", key, new { });
        var anomalyId = Text(found.GetProperty("anomalies")[0], "id");
        var scimToken = await PostAsync("/v1/scim/tokens", key, new { label = "directory" });
        var directory = Text(scimToken, "token");
        var userId = Text(await PostAsync("/scim/v2/Users", directory, new { userName = "ada@example.test", externalId = "1", emails = Emails }), "id");
        var groupId = Text(await PostAsync("/scim/v2/Groups", directory, new { displayName = "Pilots" }), "id");
        var issuer = new Uri(receiver).GetLeftPart(UriPartial.Authority); // which answers, though nothing that an identity provider would
        var connectionId = Text(await PostAsync("/v1/sso/connections", key, new { name = "Company", protocol = "oidc", issuerUrl = issuer, clientId = "credence", clientSecret = "secret" }), "id");

        using var device = new SoftAuthenticator();
        var begun = await PostAsync("/v1/webauthn/register/options", key, new { principalId = "ada" });
        var enrolled = JsonSerializer.Deserialize<JsonElement>(device.Create(begun.GetProperty("publicKey").GetRawText()));
        var passkeyId = Text(await PostAsync("/v1/webauthn/register/verify", key, new { challengeId = Text(begun, "challengeId"), response = enrolled }), "id");
        using var spare = new SoftAuthenticator();
        var open = await PostAsync("/v1/webauthn/register/options", key, new { principalId = "ada" });

        var access = await AgentsDoorAsync();
        var (person, personId, personSession) = await PersonAsync();
        var door = await PostAsync("/api/v1/agents", access, new
        {
            email = $"lively-{Guid.NewGuid()}@example.test",
            agentType = "custom",
            version = "1.0.0",
            capabilities = Capabilities,
            owner = "tests",
            deploymentEnv = "staging",
        });
        var doorAgent = Text(door, "agentId");
        var credential = Text(await PostAsync($"/api/v1/agents/{doorAgent}/credentials", access, new { }), "credentialId");
        var organization = Text(await PostAsync("/api/v1/organizations", access, new { name = "Lively", slug = $"lively-{Guid.NewGuid():N}" }), "organizationId");

        var delegation = await PostAsync("/api/v1/oauth2/token/delegate", access, new { delegateeAgentId = doorAgent, scopes = DoorScopes, ttlSeconds = 600 });
        var doorWebhook = Text(await PostAsync("/api/v1/webhooks", access, new { name = "Lively", url = receiver, events = DoorTold }), "id");
        var doorDelivery = Text(await PostAsync($"/api/v1/webhooks/{doorWebhook}/test", access, new { }), "id");
        var doorEvent = Text((await GetAsync("/api/v1/audit?limit=1", access)).GetProperty("data")[0], "eventId");
        var trust = await PostAsync("/api/v1/oidc/trust-policies", access, new { provider = "github", repository = $"lively/{Guid.NewGuid():N}", agentId = doorAgent });

        var texts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["event"] = "agent.suspended",
            ["targetTier"] = "enterprise",
            ["delegateeAgentId"] = doorAgent,
            ["delegationToken"] = Text(delegation, "delegationToken"),
            ["provider"] = "github",
            ["repository"] = "lively/robots",
            ["branch"] = "main",
            ["issuer"] = receiver,
            ["jwksUri"] = receiver,
            ["expectedAudience"] = "https://api.example.test",
            ["agentType"] = "router",
            ["version"] = "1.2.3",
            ["owner"] = "tests",
            ["deploymentEnv"] = "production",
            ["slug"] = "lively-slug",
            ["planTier"] = "pro",
            ["role"] = "admin",
            ["signingAlg"] = "ES256",
            ["name"] = "Lively",
            ["mode"] = "sandbox",
            ["label"] = "key",
            ["expiresIn"] = "24h",
            ["overlap"] = "1m",
            ["description"] = "An agent",
            ["status"] = "active",
            ["agentId"] = agentId,
            ["principalId"] = "ada",
            ["state"] = "abc",
            ["code"] = Text(asked[1], "code"),
            ["refreshToken"] = Text(issued, "refreshToken"),
            ["token"] = token,
            ["jti"] = Jti(token),
            ["parentGrantToken"] = token,
            ["subAgentId"] = agentId,
            ["fidoRpName"] = "Lively",
            ["consentMinimum"] = "link",
            ["effect"] = "deny",
            ["timeOfDayStart"] = "22:00",
            ["timeOfDayEnd"] = "06:00",
            ["timeZone"] = "Europe/Berlin",
            ["at"] = "2026-03-29T01:00:00Z",
            ["plan"] = "pro",
            ["successUrl"] = "https://app.example.test/bought",
            ["cancelUrl"] = "https://app.example.test/not-bought",
            ["returnUrl"] = "https://app.example.test/account",
            ["url"] = receiver,
            ["secret"] = "a secret of the caller's own",
            ["anomalyResponse"] = "advise",
            ["passkeyEnrolment"] = "session",
            ["challengeId"] = Text(open, "challengeId"),
            ["deviceName"] = "Phone",
            ["authRequestId"] = Text(asked[2], "authRequestId"),
            ["severity"] = "low",
            ["type"] = "email",
            ["ruleId"] = "many",
            ["note"] = "seen",
            ["window"] = "6h",
            ["userName"] = "ada@example.test",
            ["externalId"] = "1",
            ["displayName"] = "Pilots",
            ["protocol"] = "oidc",
            ["issuerUrl"] = issuer,
            ["clientId"] = "credence",
            ["clientSecret"] = "a client's secret",
            ["redirectUri"] = "https://app.example.test/back",
            ["groupAttribute"] = "groups",
            ["connectionId"] = connectionId,
            ["org"] = Text(made, "developerId"),
            ["username"] = "lively.ada",
            ["credential"] = Password,
            ["oldCredential"] = Password,
            ["newCredential"] = "twelve drummers drumming",
            ["email"] = "lively@example.test",
            ["phone"] = "+84912345678",
            ["password"] = "secret",
            ["variant"] = "policy",
            ["subjectType"] = "User",
            ["subjectId"] = personId.ToString(),
            ["targetType"] = "Permission",
            ["targetId"] = "User.read",
            ["subject"] = $"User_{personId}",
            ["object"] = "User",
            ["namespace"] = "verify-email",
            ["SAMLResponse"] = "abc",
            ["RelayState"] = "abc",
            ["filter"] = "x",
            ["sortBy"] = "userName",
        };
        var members = texts.ToDictionary(each => each.Key, each => $"\"{each.Value}\"", StringComparer.Ordinal);
        members["scopes"] = """["email:read"]""";
        members["identifier"] = """{"scheme":"USERNAME","value":"lively.ada"}""";
        members["profile"] = """{"firstName":"Ada","locale":"en"}""";
        members["filter"] = """ "userName sw \"a\" or not (emails[type eq \"work\"].value pr)" """;
        members["emails"] = """[{"value":"ada@example.test","type":"work","primary":true}]""";
        members["members"] = $$"""[{"value":"{{userId}}"}]""";
        members["Operations"] = """[{"op":"Add","path":"emails[type eq \"work\"].value","value":"a@b.test"},{"op":"replace","value":{"active":true}}]""";
        members["capabilities"] = """["documents:read"]""";
        members["graceSeconds"] = "60";
        members["ttlSeconds"] = "600";
        members["priority"] = "7";
        members["daysOfWeek"] = """["monday"]""";
        members["events"] = """["grant.created","token.issued"]""";
        members["active"] = "true";
        members["readOnly"] = members["fidoRequired"] = members["strictScopes"] = "false";
        members["condition"] = """{"metric":"grants","windowMinutes":60,"threshold":0}""";
        members["config"] = """{"email":"ops@example.com"}""";
        members["severities"] = """["low"]""";
        members["alertChannels"] = "[]";
        members["enabled"] = members["enforce"] = members["jitProvisioning"] = "true";
        members["domains"] = """["example.test"]""";
        members["defaultScopes"] = """["email:read"]""";
        members["groupMappings"] = """{"pilots":["email:read"]}""";
        members["response"] = spare.Create(open.GetProperty("publicKey").GetRawText());
        var requests = asked.Select(each => Text(each, "authRequestId")).ToArray();
        var ids = new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["api/v1/agents"] = [doorAgent, credential],
            ["delegate"] = [Text(delegation, "chainId")],
            ["sessions"] = [personSession],
            ["users"] = [personId.ToString()],
            ["roles"] = ["rol_01JGFJJZ00E008000000000007"],
            ["policy-definitions"] = ["pdef_01JGFJJZ00E008000000000313"],
            ["trust-policies"] = [Text(trust, "id")],
            ["api/v1/organizations"] = [organization, doorAgent],
            ["api/v1/webhooks"] = [doorWebhook, doorDelivery],
            ["api/v1/audit"] = [doorEvent],
            ["agents"] = [agentId],
            ["grants"] = [Text(issued, "grantId")],
            ["audit"] = [logged],
            ["keys"] = [spareKey],
            ["tokens"] = [Text(scimToken, "id")],
            ["Users"] = [userId],
            ["Groups"] = [groupId],
            ["policies"] = [policyId],
            ["principal-sessions"] = [Text(session, "sessionId")],
            ["webhooks"] = [webhook, delivery],
            ["authorize"] = requests,
            ["consent"] = requests,
            ["developers"] = [Text(made, "developerId")],
            ["anomalies"] = [anomalyId],
            ["alerts"] = [anomalyId],
            ["rules"] = [ruleId],
            ["channels"] = [channelId],
            ["connections"] = [connectionId],
            ["credentials"] = [passkeyId],
            ["passkeys"] = [passkeyId],
        };
        return new Lively(key, Text(session, "sessionToken"), directory, access, Text(delegation, "delegationToken"), person, personId, members, ids);

        async Task<(string Token, PersonId Id, string Session)> PersonAsync()
        {
            var name = $"lively-{Guid.NewGuid():N}";
            await PostAsync("/v1/api/identity/auth/sign-up", null, new { username = name, credential = Password });
            var signedIn = await PostAsync(
                "/v1/api/identity/auth/sign-in", null, new { identifier = new { scheme = "USERNAME", value = name }, credential = new { scheme = "BASIC", value = Password } });
            var shown = Text(signedIn.GetProperty("token"), "value");
            return (shown, PersonId.TryParse(Claim(shown, "sub"), out var id) ? id : default, Claim(shown, "sid"));
        }

        async Task<string> AgentsDoorAsync()
        {
            using var form = new StringContent(
                $"grant_type=client_credentials&{OperatorForm}&scope=agents:read+agents:write+tokens:read+audit:read+webhooks:read+webhooks:write+admin:orgs+openid",
                Encoding.UTF8, "application/x-www-form-urlencoded");
            using var answer = await server.PostAsync(new Uri("/api/v1/token", UriKind.Relative), form);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return Text(await answer.Content.ReadFromJsonAsync<JsonElement>(), "access_token");
        }

        async Task<JsonElement> GetAsync(string path, string bearer)
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, path);
            message.Headers.Authorization = new("Bearer", bearer);
            using var answer = await server.SendAsync(message);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return await answer.Content.ReadFromJsonAsync<JsonElement>();
        }

        async Task<JsonElement> PostAsync(string path, string? bearer, object body)
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
            if (bearer is not null) message.Headers.Authorization = new("Bearer", bearer);
            using var answer = await server.SendAsync(message);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return await answer.Content.ReadFromJsonAsync<JsonElement>();
        }
    }

    /// <summary>Ids of the things that a route is about; any, where it is about none.</summary>
    public string[] IdsFor(string route) => Ids.FirstOrDefault(each => route.Contains($"/{each.Key}/", StringComparison.Ordinal)).Value ?? [.. Ids.Values.SelectMany(ids => ids)];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static string Jti(string token) => Claim(token, "jti");

    private static string Claim(string token, string name)
    {
        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]));
        return payload.RootElement.GetProperty(name).GetString()!;
    }
}
