using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Credence.Keys;
using Credence.SignIn;
using Credence.Storage;
using Credence.Tests.Hosting;
using Credence.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.Tests.SignIn;

/// <summary>Lost and leaked are two things (contract identity C.7), tried on a whole server, whose keys are its own.</summary>
public sealed class RetirePeopleKeyTests
{
    private const string Door = "/v1/api/identity/auth";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachEngine]
    public async Task A_leaked_key_ends_every_session_and_new_ones_begin(EngineKind engine)
    {
        await using var database = await TestDb.EmptyAsync(engine);
        await using var host = await StartAsync(database);
        var (ada, bob) = (await SignInAsync(host, "ada1"), await SignInAsync(host, "bob1"));
        var kid = await CurrentAsync(host);

        Assert.Equal(KeyStatus.Revoked, (await RetireAsync(host, kid, leaked: true)).Value.Status);
        foreach (var (token, refreshToken) in new[] { ada, bob })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await WhoAmIAsync(host, token));
            Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(host, "/refresh", new { refreshToken })).Status);
        }

        Assert.NotEqual(kid, await CurrentAsync(host));
        var (again, refresh) = await SignInAsync(host, "ada1", isNew: false);
        Assert.Equal(HttpStatusCode.OK, await WhoAmIAsync(host, again));
        using var request = new HttpRequestMessage(HttpMethod.Get, Door + "/sessions") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", again) } };
        using var sessions = await host.Client.SendAsync(request, Ct);
        Assert.Equal(1, (await sessions.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetArrayLength());
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(host, "/refresh", new { refreshToken = refresh })).Status);
    }

    [Theory, EachEngine]
    public async Task A_key_that_is_only_replaced_signs_nobody_out_and_one_that_signs_is_not_taken_away(EngineKind engine)
    {
        await using var database = await TestDb.EmptyAsync(engine);
        await using var host = await StartAsync(database);
        var (token, refreshToken) = await SignInAsync(host, "ada1");
        var kid = await CurrentAsync(host);
        Assert.Equal(FailureKind.Conflict, (await RetireAsync(host, kid, leaked: false)).Failure!.Kind);
        Assert.Equal(SignInFailures.NoSuchKey, (await RetireAsync(host, "nobody's", leaked: true)).Failure);
        Assert.True((await host.App.Services.GetRequiredService<RotateKeys>().RequestAsync(KeyAlgorithm.ES256, now: true, Ct)).Succeeded);
        Assert.Equal(KeyStatus.Retired, (await RetireAsync(host, kid, leaked: false)).Value.Status);

        Assert.Equal(HttpStatusCode.OK, await WhoAmIAsync(host, token));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(host, "/refresh", new { refreshToken })).Status);
    }

    private static Task<HostUnderTest> StartAsync(TestDb database) => HostUnderTest.StartAsync(null, ("DATABASE_URL", database.Url), ("PASSWORD_MEMORY_KIB", "19456"));

    private static async Task<(string Token, string RefreshToken)> SignInAsync(HostUnderTest host, string username, bool isNew = true)
    {
        if (isNew) Assert.Equal(HttpStatusCode.Created, (await PostAsync(host, "/sign-up", new { username, credential = PeopleInWorld.Password })).Status);
        var (status, answer) = await PostAsync(
            host, "/sign-in", new { identifier = new { scheme = "username", value = username }, credential = new { scheme = "basic", value = PeopleInWorld.Password } });
        Assert.Equal(HttpStatusCode.OK, status);
        return (answer.GetProperty("token").GetProperty("value").GetString()!, answer.GetProperty("refreshToken").GetProperty("value").GetString()!);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(HostUnderTest host, string path, object body)
    {
        using var answer = await host.Client.PostAsJsonAsync(Door + path, body, Ct);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(Ct));
    }

    private static async Task<HttpStatusCode> WhoAmIAsync(HostUnderTest host, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Door + "/who-am-i") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await host.Client.SendAsync(request, Ct);
        return answer.StatusCode;
    }

    private static Task<Result<KeyInfo>> RetireAsync(HostUnderTest host, string kid, bool leaked) =>
        host.App.Services.GetRequiredService<RetirePeopleKey>().RunAsync(kid, KeyAlgorithm.ES256, leaked, PeopleInWorld.Here, Ct);

    private static async Task<string> CurrentAsync(HostUnderTest host) =>
        (await host.App.Services.GetRequiredService<ListKeys>().RunAsync(Ct)).Single(key => key is { Algorithm: KeyAlgorithm.ES256, Status: KeyStatus.Current }).Kid;
}
