using System.Text.Json;
using Credence.Organizations;

namespace Credence.Tests.GrantsDoor;

/// <summary>The protocol's main job through the door's routes, with the statuses and members of contract grantex-core 1 to 6 and 12 to 13.</summary>
public sealed class MainJobTests
{
    [Fact]
    public async Task A_grant_is_asked_for_given_used_passed_on_and_taken_back()
    {
        await using var door = await DoorHost.StartAsync();
        var signedUp = await door.SendAsync("POST", "/v1/signup", json: """{"name":" Example Co ","email":"Dev@Example.Test"}""");
        AssertMembers(201, "developerId apiKey name email mode createdAt", signedUp);
        Assert.Equal(("Example Co", "dev@example.test", "live"), (signedUp["name"], signedUp["email"], signedUp["mode"]));
        var key = signedUp["apiKey"];

        var created = await door.SendAsync("POST", "/v1/agents", key, """{"name":"booker","scopes":["read","write"]}""");
        AssertMembers(201, "agentId did developerId name description scopes status createdAt updatedAt", created);
        var agent = created["agentId"];

        var asked = await door.SendAsync(
            "POST", "/v1/authorize", key, $$"""{"agentId":"{{agent}}","principalId":"user_1","scopes":["read","write"],"redirectUri":"https://a.example/cb","state":"s1"}""");
        AssertMembers(201, "authRequestId consentUrl expiresAt", asked);
        Assert.EndsWith($"/consent?req={asked["authRequestId"]}", asked["consentUrl"], StringComparison.Ordinal);

        var request = $"/v1/consent/{asked["authRequestId"]}";
        AssertMembers(
            200, "id agentName agentDid agentDescription scopes scopeDescriptions expiresAt status fidoRequired", await door.SendAsync("GET", request));
        AssertRefused(403, "CONSENT_REQUIRED", await door.SendAsync("POST", $"/v1/authorize/{asked["authRequestId"]}/approve", key));
        var approved = await door.SendAsync("POST", request + "/approve");
        AssertMembers(200, "code redirectUri state", approved);
        AssertRefused(410, "GONE", await door.SendAsync("POST", request + "/approve"));
        AssertRefused(410, "GONE", await door.SendAsync("GET", request));

        var exchange = $$"""{"code":"{{approved["code"]}}","agentId":"{{agent}}"}""";
        var issued = await door.SendAsync("POST", "/v1/token", key, exchange);
        AssertMembers(201, "grantToken expiresAt scopes refreshToken grantId", issued);
        AssertRefused(400, "BAD_REQUEST", await door.SendAsync("POST", "/v1/token", key, exchange));

        var verify = $$"""{"token":"{{issued["grantToken"]}}"}""";
        AssertMembers(200, "valid grantId scopes principal agent expiresAt", await door.SendAsync("POST", "/v1/tokens/verify", key, verify));
        var claims = await door.SendAsync("POST", "/v1/grants/verify", key, verify);
        AssertMembers(200, "active claims", claims);
        Assert.Equal("sub agt dev scp jti grnt iat exp iss", Members(claims["claims"]!));
        Assert.Equal("""{"valid":false}""", (await door.SendAsync("POST", "/v1/tokens/verify", await door.SignUpAsync(), verify)).Text);

        var refreshed = await door.SendAsync("POST", "/v1/token/refresh", key, $$"""{"refreshToken":"{{issued["refreshToken"]}}","agentId":"{{agent}}"}""");
        AssertMembers(201, "grantToken expiresAt scopes refreshToken grantId", refreshed);
        Assert.Equal(issued["grantId"], refreshed["grantId"]);

        var delegated = await door.SendAsync(
            "POST", "/v1/grants/delegate", key, $$"""{"parentGrantToken":"{{refreshed["grantToken"]}}","subAgentId":"{{agent}}","scopes":["read"]}""");
        AssertMembers(201, "grantToken expiresAt scopes refreshToken grantId", delegated);
        AssertMembers(
            200, "grantId agentId principalId developerId scopes status issuedAt expiresAt parentGrantId delegationDepth consentProof",
            await door.SendAsync("GET", $"/v1/grants/{delegated["grantId"]}", key));

        Assert.Equal(204, (await door.SendAsync("DELETE", $"/v1/grants/{issued["grantId"]}", key)).Status);
        AssertRefused(404, "NOT_FOUND", await door.SendAsync("DELETE", $"/v1/grants/{issued["grantId"]}", key));
        Assert.Equal("revoked", (await door.SendAsync("GET", $"/v1/grants/{issued["grantId"]}", key))["status"]);
        foreach (var token in new[] { issued["grantToken"], delegated["grantToken"] })
        {
            Assert.Equal("""{"valid":false}""", (await door.SendAsync("POST", "/v1/tokens/verify", key, $$"""{"token":"{{token}}"}""")).Text);
            Assert.Equal("""{"active":false,"reason":"revoked"}""", (await door.SendAsync("POST", "/v1/grants/verify", key, $$"""{"token":"{{token}}"}""")).Text);
        }

        var trail = await door.SendAsync("GET", "/audit/v1/entries?start=0&end=1000", key);
        Assert.Equal(200, trail.Status);
        Assert.Contains("\"type\":\"grant.revoked\"", trail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sandbox_organization_has_its_code_at_once()
    {
        await using var door = await DoorHost.StartAsync();
        var key = await door.SignUpAsync(OrganizationMode.Sandbox);
        var agent = (await door.SendAsync("POST", "/v1/agents", key, """{"name":"a"}"""))["agentId"];

        var asked = await door.SendAsync("POST", "/v1/authorize", key, $$"""{"agentId":"{{agent}}","principalId":"u","scopes":["read"]}""");

        AssertMembers(201, "authRequestId consentUrl expiresAt sandbox code", asked);
        AssertRefused(404, "NOT_FOUND", await door.SendAsync("POST", $"/v1/authorize/{asked["authRequestId"]}/approve", key));
    }

    [Theory]
    [InlineData("GET", "/v1/agents/ag_unknown")]
    [InlineData("DELETE", "/v1/agents/ag_00000000000000000000000000")]
    [InlineData("GET", "/v1/grants/grnt_unknown")]
    [InlineData("GET", "/v1/consent/areq_unknown")]
    [InlineData("POST", "/v1/consent/areq_unknown/deny")]
    [InlineData("DELETE", "/v1/keys/key_unknown")]
    [InlineData("GET", "/v1/signup/verify/unknown")]
    [InlineData("GET", "/v1/agents/ag_unknown/did.json")]
    public async Task What_is_unknown_is_404(string method, string path)
    {
        await using var door = await DoorHost.StartAsync();

        AssertRefused(404, "NOT_FOUND", await door.SendAsync(method, path, await door.SignUpAsync()));
    }

    [Fact]
    public async Task The_account_shows_what_is_not_set_as_null_and_takes_its_settings()
    {
        await using var door = await DoorHost.StartAsync();
        var key = await door.SignUpAsync();

        Assert.Equal("""{"updated":true}""", (await door.SendAsync("PATCH", "/v1/me", key, """{"consentMinimum":"person","strictScopes":true}""")).Text);
        var me = await door.SendAsync("GET", "/v1/me", key);

        AssertMembers(
            200, "developerId name email mode plan fidoRequired fidoRpName createdAt emailVerified consentMinimum strictScopes anomalyResponse passkeyEnrolment", me);
        Assert.Equal(("", "", "person", "True"), (me["email"], me["fidoRpName"], me["consentMinimum"], me["strictScopes"]));
        AssertRefused(400, "BAD_REQUEST", await door.SendAsync("PATCH", "/v1/me", key, """{"consentMinimum":"sandbox"}"""));
        AssertRefused(400, "BAD_REQUEST", await door.SendAsync("PATCH", "/v1/me", key, "{}"));
    }

    [Fact]
    public async Task An_organization_has_several_keys_and_keeps_a_full_one()
    {
        await using var door = await DoorHost.StartAsync();
        var first = await door.SignUpAsync();
        var made = await door.SendAsync("POST", "/v1/keys", first, """{"label":"ci","expiresIn":"1h"}""");
        AssertMembers(201, "keyId apiKey label readOnly createdAt expiresAt", made);

        var listed = await door.SendAsync("GET", "/v1/keys", made["apiKey"]);
        Assert.Equal(2, listed.Text.Split("\"keyId\"").Length - 1);
        var rotated = await door.SendAsync("POST", "/v1/keys/rotate", first, """{"overlap":"1h"}""");
        Assert.Equal(200, rotated.Status);
        Assert.Equal(200, (await door.SendAsync("GET", "/v1/me", first)).Status);
        Assert.Equal(200, (await door.SendAsync("GET", "/v1/me", rotated["apiKey"])).Status);

        Assert.Equal(204, (await door.SendAsync("DELETE", $"/v1/keys/{made["keyId"]}", first)).Status);
        AssertRefused(401, "UNAUTHORIZED", await door.SendAsync("GET", "/v1/me", made["apiKey"]));
    }

    [Fact]
    public async Task The_key_set_lists_RSA_keys_alone_and_carries_no_rate_limit()
    {
        await using var door = await DoorHost.StartAsync();

        var keys = await door.SendAsync("GET", "/.well-known/jwks.json?x=1");
        var did = await door.SendAsync("GET", "/.well-known/did.json");

        Assert.Equal(200, keys.Status);
        Assert.Equal("kty alg use kid n e", Members(JsonDocument.Parse(keys.Text).RootElement.GetProperty("keys")[0].GetRawText()));
        Assert.DoesNotContain(keys.Headers.Keys, name => name.StartsWith("X-RateLimit", StringComparison.OrdinalIgnoreCase));
        AssertMembers(200, "@context id verificationMethod authentication assertionMethod service", did);
        Assert.Equal("did:web:localhost%3A3001", did["id"]);
        Assert.DoesNotContain(did.Headers.Keys, name => name.StartsWith("X-RateLimit", StringComparison.OrdinalIgnoreCase)); // it is in memory, as the keys are
    }

    private static void AssertMembers(int status, string members, DoorHost.Answer answer)
    {
        Assert.Equal(status, answer.Status);
        Assert.Equal(members, Members(answer.Text));
    }

    private static void AssertRefused(int status, string code, DoorHost.Answer answer)
    {
        Assert.Equal(status, answer.Status);
        Assert.Equal(code, answer["code"]);
        Assert.Equal("message code requestId", Members(answer.Text));
    }

    private static string Members(string json)
    {
        using var body = JsonDocument.Parse(json);
        return string.Join(' ', body.RootElement.EnumerateObject().Select(member => member.Name));
    }
}
