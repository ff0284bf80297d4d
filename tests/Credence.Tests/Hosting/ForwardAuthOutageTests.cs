using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Hosting;

/// <summary>The forward-auth door while its database is away (contract forward-auth A 9, A 11, A 15, A 36; design D6, D11).</summary>
public sealed class ForwardAuthOutageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_database_is_away_verify_answers_register_and_login_are_500_and_healthz_is_503()
    {
        await using var database = await TestDb.EmptyAsync(EngineKind.Postgres);
        await using var forwarder = await Forwarder.ToPostgresAsync(database);
        var settings = ServerProcess.Embedded(_folder.Path);
        settings["DATABASE_URL"] = forwarder.Url;
        await using var server = await ServerProcess.Start(settings).ListeningAsync();
        var typed = new { email = "ada@example.test", password = "eleven pipers" };
        Assert.Equal(HttpStatusCode.Created, (await server.Client.PostAsJsonAsync("/auth/register", typed, Ct)).StatusCode);
        using var loggedIn = await server.Client.PostAsJsonAsync("/auth/login", typed, Ct);
        var token = (await loggedIn.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("token").GetString()!;

        forwarder.Close();
        foreach (var (path, prefix) in new[] { ("/auth/register", "register error: "), ("/auth/login", "login error: ") })
        {
            using var answer = await server.Client.PostAsJsonAsync(path, typed, Ct);
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
            Assert.Equal("""{"error":"internal server error"}""", await answer.Content.ReadAsStringAsync(Ct));
            Assert.Contains(server.Output, line => ServerProcess.Message(line)!.StartsWith(prefix, StringComparison.Ordinal));
        }

        using var health = await server.Client.GetAsync("/healthz", Ct);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, """{"error":"db health check failed"}"""), (health.StatusCode, await health.Content.ReadAsStringAsync(Ct)));
        using var question = new HttpRequestMessage(HttpMethod.Get, "/verify");
        question.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var verified = await server.Client.SendAsync(question, Ct);
        Assert.Equal(HttpStatusCode.OK, verified.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/.well-known/jwks.json", Ct)).StatusCode);
    }

    public void Dispose() => _folder.Dispose();
}
