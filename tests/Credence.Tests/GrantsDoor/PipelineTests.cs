using System.Text;
using Credence.Organizations;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.Tests.GrantsDoor;

/// <summary>The order and the words of contract grantex 1.5, on a real connection.</summary>
public sealed class PipelineTests
{
    [Fact]
    public async Task Bad_JSON_is_told_before_a_missing_key()
    {
        await using var door = await DoorHost.StartAsync();

        var answer = await door.SendAsync("POST", "/v1/agents", json: """{"a":""");

        Assert.Equal(400, answer.Status);
        Assert.Equal("BAD_REQUEST", answer["code"]);
        Assert.NotNull(answer["requestId"]);
    }

    [Theory]
    [InlineData("""{"name":"a","name":"b"}""")]
    [InlineData("""{"name":"a",}""")]
    [InlineData("""{"name":"a"} x""")]
    [InlineData("")]
    public async Task What_is_not_one_clean_JSON_value_is_400(string json)
    {
        await using var door = await DoorHost.StartAsync();

        Assert.Equal(400, (await door.SendAsync("POST", "/v1/agents", await door.SignUpAsync(), json)).Status);
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF8_are_400()
    {
        await using var door = await DoorHost.StartAsync();

        var answer = await door.SendAsync("POST", "/v1/agents", change: request => Content(request, [.. "{\"name\":\""u8, 0xff, .. "\"}"u8], "application/json"));

        Assert.Equal(400, answer.Status);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("application/json; charset=utf-16", 415)]
    [InlineData("nonsense", 415)]
    [InlineData(null, 415)]
    [InlineData("text/plain", 400)]
    [InlineData("application/json; charset=utf-8", 201)]
    public async Task Bodies_are_JSON(string? type, int status)
    {
        await using var door = await DoorHost.StartAsync();
        var key = await door.SignUpAsync();

        var answer = await door.SendAsync("POST", "/v1/agents", key, change: request => Content(request, "{\"name\":\"x\"}"u8.ToArray(), type));

        Assert.Equal(status, answer.Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_above_one_mebibyte_is_413(bool chunked)
    {
        await using var door = await DoorHost.StartAsync();
        var body = Encoding.UTF8.GetBytes($$"""{"name":"{{new string('x', 1_100_000)}}"}""");

        var answer = await door.SendAsync("POST", "/v1/agents", change: request =>
        {
            Content(request, body, "application/json");
            request.Headers.TransferEncodingChunked = chunked;
        });

        Assert.Equal(413, answer.Status);
        Assert.Equal("BAD_REQUEST", answer["code"]);
    }

    [Fact]
    public async Task A_POST_without_body_and_type_and_a_DELETE_with_a_type_alone_are_fine()
    {
        await using var door = await DoorHost.StartAsync();
        var key = await door.SignUpAsync();
        var agent = (await door.SendAsync("POST", "/v1/agents", key, """{"name":"x"}"""))["agentId"];

        Assert.Equal(204, (await door.SendAsync("DELETE", $"/v1/agents/{agent}", key, json: "")).Status);
        Assert.Equal(200, (await door.SendAsync("POST", "/v1/keys/rotate", key)).Status);
    }

    [Theory]
    [InlineData("GET", "/v1/agents")]
    [InlineData("GET", "/v1/nope")]
    [InlineData("GET", "/nope")]
    [InlineData("GET", "/")]
    [InlineData("PUT", "/v1/agents")]
    public async Task Without_a_key_nobody_learns_which_paths_there_are(string method, string path)
    {
        await using var door = await DoorHost.StartAsync();

        var answer = await door.SendAsync(method, path);

        Assert.Equal(401, answer.Status);
        Assert.Equal("UNAUTHORIZED", answer["code"]);
    }

    [Theory]
    [InlineData("GET", "/v1/nope")]
    [InlineData("PUT", "/v1/agents")]
    [InlineData("GET", "/v1/agents/")]
    [InlineData("GET", "/V1/agents")]
    [InlineData("GET", "/v1/Agents")]
    [InlineData("OPTIONS", "/v1/agents")]
    public async Task With_a_key_an_unknown_path_or_method_is_404(string method, string path)
    {
        await using var door = await DoorHost.StartAsync();

        var answer = await door.SendAsync(method, path, await door.SignUpAsync());

        Assert.Equal(404, answer.Status);
        Assert.Equal("Not Found", answer["error"]);
        Assert.Equal("404", answer["statusCode"]);
        Assert.Equal("100", answer.Headers["X-RateLimit-Limit"]);
    }

    [Theory]
    [InlineData("/.well-known/nope")]
    [InlineData("/scim/nope")]
    public async Task Some_unknown_paths_need_no_key_to_be_404(string path)
    {
        await using var door = await DoorHost.StartAsync();

        Assert.Equal(404, (await door.SendAsync("GET", path)).Status);
    }

    [Fact]
    public async Task HEAD_is_a_GET_without_its_body()
    {
        await using var door = await DoorHost.StartAsync();
        var key = await door.SignUpAsync();

        var head = await door.SendAsync("HEAD", "/v1/me", key);

        Assert.Equal(200, head.Status);
        Assert.Equal("", head.Text);
        Assert.Equal((await door.SendAsync("GET", "/v1/me", key)).Headers["Content-Length"], head.Headers["Content-Length"]);
    }

    [Fact]
    public async Task A_read_only_key_reads_and_verifies_and_changes_nothing()
    {
        await using var door = await DoorHost.StartAsync();
        var full = await door.SignUpAsync();
        var key = (await door.SendAsync("POST", "/v1/keys", full, """{"readOnly":true}"""))["apiKey"];

        Assert.Equal(200, (await door.SendAsync("GET", "/v1/agents", key)).Status);
        Assert.Equal(400, (await door.SendAsync("POST", "/v1/tokens/verify", key, "{}")).Status); // past the key, into the fields
        var refused = await door.SendAsync("POST", "/v1/agents", key, """{"name":"x"}""");

        Assert.Equal(403, refused.Status);
        Assert.Equal("FORBIDDEN", refused["code"]);
    }

    [Fact]
    public async Task Every_answer_carries_the_security_headers_refusals_too()
    {
        await using var door = await DoorHost.StartAsync();

        foreach (var answer in new[] { await door.SendAsync("GET", "/v1/me", await door.SignUpAsync()), await door.SendAsync("GET", "/nope") })
        {
            Assert.Equal("max-age=31536000; includeSubDomains", answer.Headers["Strict-Transport-Security"]);
            Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
            Assert.Equal("DENY", answer.Headers["X-Frame-Options"]);
            Assert.Equal("0", answer.Headers["X-XSS-Protection"]);
            Assert.Equal("strict-origin-when-cross-origin", answer.Headers["Referrer-Policy"]);
            Assert.Equal("camera=(), microphone=(), geolocation=()", answer.Headers["Permissions-Policy"]);
            Assert.Equal("no-store", answer.Headers["Cache-Control"]);
            Assert.Equal("default-src 'none'; frame-ancestors 'none'; base-uri 'none'", answer.Headers["Content-Security-Policy"]);
            Assert.Equal("application/json; charset=utf-8", answer.Headers["Content-Type"]);
            Assert.Equal("Origin", answer.Headers["Vary"]);
        }
    }

    [Fact]
    public async Task A_preflight_is_answered_for_an_allowed_origin_and_is_401_for_another()
    {
        await using var door = await DoorHost.StartAsync();

        var allowed = await PreflightAsync(door, "https://app.example.test");
        var unknown = await PreflightAsync(door, "https://evil.example");

        Assert.Equal(204, allowed.Status);
        Assert.Equal("https://app.example.test", allowed.Headers["Access-Control-Allow-Origin"]);
        Assert.Equal("GET, POST, PUT, PATCH, DELETE, OPTIONS", allowed.Headers["Access-Control-Allow-Methods"]);
        Assert.Equal("600", allowed.Headers["Access-Control-Max-Age"]);
        Assert.Equal(401, unknown.Status);
        Assert.DoesNotContain("Access-Control-Allow-Origin", unknown.Headers.Keys);
        Assert.DoesNotContain("Access-Control-Allow-Credentials", unknown.Headers.Keys);
    }

    [Fact]
    public async Task The_plan_limit_refuses_with_its_own_code_and_says_when_to_come_back()
    {
        await using var door = await DoorHost.StartAsync();
        door.Services.GetRequiredService<PlanOptions>().Free.RequestsPerMinute = 2;
        var key = await door.SignUpAsync();

        var first = await door.SendAsync("GET", "/v1/me", key);
        await door.SendAsync("GET", "/v1/me", key);
        var refused = await door.SendAsync("GET", "/v1/me", key);

        Assert.Equal(("2", "1"), (first.Headers["X-RateLimit-Limit"], first.Headers["X-RateLimit-Remaining"]));
        Assert.Equal(429, refused.Status);
        Assert.Equal("RATE_LIMIT_EXCEEDED", refused["code"]);
        Assert.Equal($"This plan's requests for the minute are used up, retry in {refused.Headers["Retry-After"]} seconds", refused["message"]);
        Assert.InRange(int.Parse(refused.Headers["X-RateLimit-Reset"]), 0, 60);
    }

    [Fact]
    public async Task A_route_limit_counts_the_address_apart_from_other_routes()
    {
        await using var door = await DoorHost.StartAsync();
        for (var call = 0; call < 30; call++) Assert.Equal(400, (await door.SendAsync("POST", "/v1/signup", json: "{}")).Status);

        var refused = await door.SendAsync("POST", "/v1/signup", json: "{}");

        Assert.Equal(429, refused.Status);
        Assert.Equal("BAD_REQUEST", refused["code"]);
        Assert.Equal("30", refused.Headers["X-RateLimit-Limit"]);
        Assert.Equal(401, (await door.SendAsync("POST", "/v1/keys/rotate")).Status); // its own limit is 5
    }

    [Fact]
    public async Task Asking_for_consent_costs_a_place_even_with_bad_fields_but_not_without_an_object()
    {
        await using var door = await DoorHost.StartAsync((options, _) => options.AuthorizePerMinute = 2);
        var key = await door.SignUpAsync();

        Assert.Equal(400, (await door.SendAsync("POST", "/v1/authorize", key, "[]")).Status);
        Assert.Equal(400, (await door.SendAsync("POST", "/v1/authorize", key, "{}")).Status);
        Assert.Equal(400, (await door.SendAsync("POST", "/v1/authorize", key, "{}")).Status);
        var refused = await door.SendAsync("POST", "/v1/authorize", key, "{}");

        Assert.Equal(429, refused.Status);
        Assert.Equal("RATE_LIMITED", refused["code"]);
        Assert.Equal("2", refused.Headers["X-RateLimit-Limit"]);
    }

    [Fact]
    public async Task Without_rate_limits_the_headers_say_that_nothing_was_used()
    {
        await using var door = await DoorHost.StartAsync((options, rates) =>
        {
            rates.Enabled = false;
            options.AuthorizePerMinute = 1;
        });
        var key = await door.SignUpAsync();

        for (var call = 0; call < 3; call++)
        {
            var answer = await door.SendAsync("POST", "/v1/authorize", key, "{}");
            Assert.Equal(400, answer.Status);
            Assert.Equal(("100", "100"), (answer.Headers["X-RateLimit-Limit"], answer.Headers["X-RateLimit-Remaining"]));
        }
    }

    [Fact]
    public async Task A_list_is_whole_without_a_limit_and_paged_with_one()
    {
        await using var door = await DoorHost.StartAsync();
        var key = await door.SignUpAsync();
        for (var at = 0; at < 5; at++) await door.SendAsync("POST", "/v1/agents", key, $$"""{"name":"agent {{at}}"}""");

        var whole = await door.SendAsync("GET", "/v1/agents?page=2", key);
        var first = await door.SendAsync("GET", "/v1/agents?limit=3", key);
        var second = await door.SendAsync("GET", $"/v1/agents?limit=3&cursor={first["nextCursor"]}", key);

        Assert.Equal(5, Count(whole.Text));
        Assert.Null(whole["nextCursor"]);
        Assert.Equal((3, 2), (Count(first.Text), Count(second.Text)));
        Assert.Null(second["nextCursor"]);
        Assert.Equal(whole.Text[..^2], first.Text[..first.Text.LastIndexOf(']')] + "," + second.Text["{\"agents\":[".Length..^2]);
    }

    private static int Count(string text) => text.Split("\"agentId\"").Length - 1;

    private static Task<DoorHost.Answer> PreflightAsync(DoorHost door, string origin) =>
        door.SendAsync("OPTIONS", "/v1/agents", change: request =>
        {
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Add("Access-Control-Request-Headers", "authorization,content-type");
        });

    private static void Content(HttpRequestMessage request, byte[] body, string? type)
    {
        request.Content = new ByteArrayContent(body);
        if (type is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
    }
}
