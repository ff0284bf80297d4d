using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Credence.Samples.Demo;

/// <summary>The main job, a step at a time.</summary>
internal sealed class Walk(Api api, Uri server)
{
    private const string Service = "https://mail.example.com";

    private readonly string _issuer = Environment.GetEnvironmentVariable("CREDENCE_ISSUER") ?? server.GetLeftPart(UriPartial.Authority);
    private int _step;

    public async Task RunAsync()
    {
        Step("An organization and its API key");
        var me = await api.GetAsync("/v1/me");
        Expect.That((string?)me["mode"] == "live", "the key of an organization in live mode, where a person is really asked");

        Step("It registers two agents, which have identities of their own");
        var helper = await RegisterAsync("Mail helper", "Answers routine mail for you.", "email:read", "email:send");
        var reader = await RegisterAsync("Summary writer", "Sums up what came in.", "email:read");

        var granted = await AskAndExchangeAsync(helper);
        var grantId = Text(granted, "grantId");
        var token = Text(granted, "grantToken");

        Step("A service verifies the token offline: public keys, no question asked");
        var keySet = await api.GetAsync("/.well-known/jwks.json");
        var claims = OfflineCheck.Run(token, keySet, _issuer, Service, TimeProvider.System.GetUtcNow());
        Expect.That((string?)claims["agt"] == Text(helper, "did") && (string?)claims["sub"] == "ada", "a token that names the agent and the person");
        Say($"Signature and claims are good: {claims["agt"]} may {List(claims["scp"])} for {claims["sub"]}.");

        Step("And online, which also knows what was revoked a moment ago");
        await VerifyAsync(token, true);

        Step("The agent refreshes; a refresh token works once");
        var refreshed = await RefreshAsync(granted, helper, 201);
        Expect.That(Text(refreshed, "grantId") == grantId, "the same grant as before");
        await RefreshAsync(granted, helper, 400);

        Step("It lends part of its authority to the second agent");
        var delegated = await api.PostAsync("/v1/grants/delegate", new JsonObject
        {
            ["parentGrantToken"] = Text(refreshed, "grantToken"),
            ["subAgentId"] = Text(reader, "agentId"),
            ["scopes"] = new JsonArray("email:read"),
        }, 201);
        var lent = Text(delegated, "grantToken");

        Step("A service checks that one: fewer scopes, and one step from the person");
        var verdict = await VerifyAsync(lent, true);
        Expect.That(List(verdict["scopes"]) == "email:read", "only the scope that was lent");
        var lentClaims = OfflineCheck.Claims(lent);
        Expect.That((int?)lentClaims["delegationDepth"] == 1 && (string?)lentClaims["parentGrnt"] == grantId, "a token that names the grant it came from");
        Say($"{lentClaims["agt"]} acts for {lentClaims["sub"]} through {lentClaims["parentAgt"]}.");

        Step("The grant is taken back, and with it all that came from it");
        await api.DeleteAsync($"/v1/grants/{grantId}");
        await VerifyAsync(Text(refreshed, "grantToken"), false);
        await VerifyAsync(lent, false);
        Say("Both tokens are dead at once, though their signatures are as good as ever.");

        await ProveAsync(grantId);
    }

    private async Task<JsonObject> AskAndExchangeAsync(JsonObject agent)
    {
        Step("The agent asks a person for authority");
        using var callback = new Callback();
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var state = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        var request = await api.PostAsync("/v1/authorize", new JsonObject
        {
            ["agentId"] = Text(agent, "agentId"),
            ["principalId"] = "ada",
            ["scopes"] = new JsonArray("email:read", "email:send"),
            ["expiresIn"] = "1h",
            ["audience"] = Service,
            ["redirectUri"] = callback.Address.ToString(),
            ["state"] = state,
            ["codeChallenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["codeChallengeMethod"] = "S256",
        }, 201);
        Expect.That(request["code"] is null, "no code yet: nobody has agreed");

        Step("The person opens the consent page, reads it, and approves");
        using var person = new Person();
        var coming = callback.WaitAsync();
        await person.ApproveAsync(new Uri(server, $"/consent?req={Text(request, "authRequestId")}"));
        var brought = await coming.WaitAsync(TimeSpan.FromSeconds(30));
        Expect.That(brought["state"] == state, "the state that was sent, so that this is the answer to our own question");
        Expect.That(brought["code"] is not null, "a code");
        Say("The browser came back with a code and our state.");

        Step("The code becomes a grant token; it takes the PKCE verifier, which nobody else has seen");
        return await api.PostAsync("/v1/token", new JsonObject
        {
            ["code"] = brought["code"],
            ["agentId"] = Text(agent, "agentId"),
            ["codeVerifier"] = verifier,
        }, 201);
    }

    private async Task ProveAsync(string grantId)
    {
        Step("What happened is on record, and nobody can change it unnoticed");
        const int PageSize = 500;
        var entries = new List<JsonNode?>();
        string? head = null;
        for (long start = 1; ; start += PageSize)
        {
            var page = (await api.GetAsync($"/audit/v1/entries?start={start}&end={start + PageSize - 1}"))["entries"]!.AsArray();
            head = AuditProof.Check(page, start, head);
            entries.AddRange(page);
            if (page.Count < PageSize) break;
        }

        foreach (var entry in entries.TakeLast(10)) Console.WriteLine($"     {entry!["seq"],5}  {((string)entry["hash"]!)[..12]}…  {entry["entry"]!["type"]}");
        var story = entries.FindLast(entry => entry!["entry"]!.ToJsonString().Contains(grantId, StringComparison.Ordinal));
        Expect.That(story is not null, "the grant's story in the log");
        Say($"All {entries.Count} hashes were computed again here and fit, up to {head}.");

        var checkpoint = (await api.GetTextAsync("/audit/v1/checkpoint")).Split('\n'); // origin, size, root, …, and a signature
        var proof = await api.GetAsync($"/audit/v1/proof/inclusion?seq={story!["seq"]}&size={checkpoint[1]}");
        var root = AuditProof.Root((string)story["body"]!, (long)proof["leaf"]!, (long)proof["size"]!, proof["hashes"]!.AsArray());
        Expect.That(root == checkpoint[2], "the proof to lead from the grant's entry to the root that the server signed");
        Say($"{proof["hashes"]!.AsArray().Count} hashes prove that the grant's entry is among the {checkpoint[1]} of the signed checkpoint.");
    }

    private Task<JsonObject> RegisterAsync(string name, string description, params ReadOnlySpan<string> scopes)
    {
        var list = new JsonArray();
        foreach (var scope in scopes) list.Add(scope);
        return api.PostAsync("/v1/agents", new JsonObject { ["name"] = name, ["description"] = description, ["scopes"] = list }, 201);
    }

    private Task<JsonObject> RefreshAsync(JsonObject granted, JsonObject agent, int expected) => api.PostAsync("/v1/token/refresh", new JsonObject
    {
        ["refreshToken"] = Text(granted, "refreshToken"),
        ["agentId"] = Text(agent, "agentId"),
    }, expected);

    private async Task<JsonObject> VerifyAsync(string token, bool valid)
    {
        var verdict = await api.PostAsync("/v1/tokens/verify", new JsonObject { ["token"] = token }, 200);
        Expect.That((bool?)verdict["valid"] == valid, $"valid to be {(valid ? "true" : "false")}");
        return verdict;
    }

    private void Step(string title) => Console.WriteLine($"\n{++_step,2}. {title}");

    private static void Say(string text) => Console.WriteLine($"   ✓ {text}");

    private static string List(JsonNode? texts) => string.Join(", ", texts?.AsArray().Select(text => (string?)text) ?? []);

    private static string Text(JsonObject json, string name)
    {
        Expect.That(json[name] is not null, $"{name} in the answer");
        return (string)json[name]!;
    }
}
