using System.Net;
using System.Text.Json;
using Credence.Server.Hosting.Requests;
using Credence.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Credence.Tests.Hosting;

/// <summary>What the host does to every request.</summary>
public sealed class RequestTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_answer_carries_a_request_id_of_its_own()
    {
        await using var host = await HostUnderTest.StartAsync(app => app.MapGet("/boom", Boom));
        var ids = new List<string>();
        foreach (var path in new[] { "/livez", "/health", "/boom", "/nowhere" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("X-Request-Id", "chosen by the caller");
            using var response = await host.Client.SendAsync(request, Ct);
            ids.Add(Assert.Single(response.Headers.GetValues("X-Request-Id")));
        }

        Assert.Equal(4, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(ids, id => Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", id));
    }

    [Fact]
    public async Task What_nobody_foresaw_is_a_500_that_tells_nothing()
    {
        await using var host = await HostUnderTest.StartAsync(app => app.MapGet("/boom", Boom));
        using var response = await host.Client.GetAsync("/boom", Ct);
        var body = await response.Content.ReadAsStringAsync(Ct);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("application/json; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.DoesNotContain("secret detail", body, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(body);
        Assert.Equal("INTERNAL_ERROR", json.RootElement.GetProperty("code").GetString());
        Assert.Equal(response.Headers.GetValues("X-Request-Id").Single(), json.RootElement.GetProperty("requestId").GetString());
        Assert.Equal(3, json.RootElement.EnumerateObject().Count());
    }

    [Fact]
    public async Task A_door_may_word_it_itself()
    {
        await using var host = await HostUnderTest.StartAsync(app => app.MapGet("/boom", Boom)
            .WithMetadata(new UnforeseenShape((context, told) => Answer.BytesAsync(context, told.Status, "in our own words"u8.ToArray(), "text/plain"))));
        using var response = await host.Client.GetAsync("/boom", Ct);
        Assert.Equal((HttpStatusCode.InternalServerError, "in our own words"), (response.StatusCode, await response.Content.ReadAsStringAsync(Ct)));
    }

    [Fact]
    public async Task A_database_that_is_away_is_a_503()
    {
        await using var database = await TestDb.OnAsync(Credence.Storage.EngineKind.Postgres);
        await using var host = await HostUnderTest.StartAsync(app => app.MapGet("/boom", Away), ("DATABASE_URL", database.Url));
        using var response = await host.Client.GetAsync("/boom", Ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("\"code\":\"SERVICE_UNAVAILABLE\"", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_the_callers_fault()
    {
        await using var host = await HostUnderTest.StartAsync(app => app.MapPost("/read", ReadAsync));
        using var body = new ByteArrayContent(new byte[1_048_577]);
        using var response = await host.Client.PostAsync("/read", body, Ct);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData(null, "203.0.113.9", "127.0.0.1")] // nobody is trusted: the header means nothing
    [InlineData("1", "203.0.113.9", "203.0.113.9")]
    [InlineData("1", "198.51.100.1, 203.0.113.9", "203.0.113.9")] // the first one was written by the caller
    [InlineData("2", "198.51.100.1, 203.0.113.9", "198.51.100.1")]
    [InlineData("127.0.0.1,203.0.113.0/24", "198.51.100.1, 203.0.113.9", "198.51.100.1")]
    [InlineData("10.0.0.0/8", "203.0.113.9", "127.0.0.1")] // the connection comes from no known proxy
    public async Task The_callers_address_is_believed_of_trusted_proxies_alone(string? trusted, string forwarded, string seen)
    {
        await using var host = await HostUnderTest.StartAsync(
            app => app.MapGet("/who", (HttpContext context) => $"{context.Connection.RemoteIpAddress}"), trusted is null ? [] : [("TRUST_PROXY", trusted)]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/who");
        request.Headers.Add("X-Forwarded-For", forwarded);
        using var response = await host.Client.SendAsync(request, Ct);
        Assert.Equal(seen, await response.Content.ReadAsStringAsync(Ct));
    }

    private static Task Boom(HttpContext context) => throw new InvalidOperationException("secret detail");

    private static Task Away(HttpContext context) => throw new NpgsqlException("gone");

    private static async Task ReadAsync(HttpContext context) => await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
}
