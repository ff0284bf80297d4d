using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Credence.Tests.Support;

namespace Credence.Tests.Hosting;

/// <summary>The forward-auth door without a database, as operators see it (contract forward-auth A.6, C.1).</summary>
public sealed class LegacyModeTests : IDisposable
{
    private const string Warning = "DATABASE_URL not set: running in legacy mode (tokens are issued without user validation)";

    private static readonly string Pem = MakePem();

    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_database_anybody_gets_a_token_that_says_so_and_nobody_is_registered()
    {
        var settings = Settings("Development");
        settings["RSA_PRIVATE_KEY"] = Pem;
        await using var server = await ServerProcess.Start(settings).ListeningAsync();
        Assert.Contains(server.Output, line => ServerProcess.Message(line) == Warning);
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/healthz", Ct)).StatusCode);
        using var registered = await server.Client.PostAsync("/auth/register", null, Ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, registered.StatusCode);
        Assert.Equal("""{"error":"database not configured"}""", await registered.Content.ReadAsStringAsync(Ct));
        using var missing = await server.Client.PostAsJsonAsync("/auth/login", new { email = "ada@example.test" }, Ct);
        Assert.Equal(HttpStatusCode.BadRequest, missing.StatusCode);

        var token = await LogInAsync(server, "ada@example.test");
        var (header, claims) = (Part(token, 0), Part(token, 1));
        Assert.StartsWith("legacy-", header.GetProperty("kid").GetString(), StringComparison.Ordinal);
        Assert.Equal(("ada@example.test", "user", true), (claims.GetProperty("sub").GetString(), claims.GetProperty("role").GetString(), claims.GetProperty("legacy").GetBoolean()));
        Assert.Equal(HttpStatusCode.OK, await VerifyAsync(server, token));
        Assert.Equal(2, server.Output.Count(line => ServerProcess.Message(line) == Warning));

        // A configured key signs nothing here, so this token is worth nothing where there is a database; nor is one of there worth anything here.
        var embedded = ServerProcess.Embedded(_folder.Path);
        embedded["RSA_PRIVATE_KEY"] = Pem;
        await using var real = await ServerProcess.Start(embedded).ListeningAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await VerifyAsync(real, token));
        using var made = await real.Client.PostAsJsonAsync("/auth/register", new { email = "ada@example.test", password = "eleven pipers" }, Ct);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await VerifyAsync(server, await LogInAsync(real, "ada@example.test")));

        server.Signal("TERM");
        Assert.Equal(0, await server.ExitAsync());
    }

    [Theory]
    [InlineData("Production", null, false)]
    [InlineData("Production", "false", false)]
    [InlineData("Production", "true", true)]
    [InlineData("Staging", null, true)]
    [InlineData("Development", "false", false)]
    public async Task Production_runs_without_a_database_only_when_it_is_told_to(string environment, string? allowed, bool starts)
    {
        var settings = Settings(environment);
        if (allowed is not null) settings["AUTH_LEGACY_MODE"] = allowed;
        if (starts)
        {
            await using var server = await ServerProcess.Start(settings).ListeningAsync();
            Assert.Equal(HttpStatusCode.OK, await VerifyAsync(server, await LogInAsync(server, "ada@example.test")));
            return;
        }

        var (exitCode, _, errors) = await ServerProcess.RunAsync(settings);
        Assert.Equal(1, exitCode);
        Assert.StartsWith("Failed to start server: Error: DATABASE_URL environment variable is required", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_another_door_open_a_missing_database_stops_the_start()
    {
        var settings = Settings("Development");
        settings["DOORS"] = "forward-auth,people";
        var (exitCode, _, errors) = await ServerProcess.RunAsync(settings);
        Assert.Equal(1, exitCode);
        Assert.Contains("Failed to start server: Error: DATABASE_URL environment variable is required", errors);
    }

    [Fact]
    public async Task A_secret_of_a_former_service_is_ignored_with_a_warning()
    {
        var settings = Settings("Development");
        settings["JWT_SECRET"] = "not for RSA";
        await using var server = await ServerProcess.Start(settings).ListeningAsync();
        Assert.Single(server.Output, line => ServerProcess.Message(line)!.StartsWith("JWT_SECRET is set and ignored", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private static string MakePem()
    {
        using var key = RSA.Create(2048);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static Dictionary<string, string> Settings(string environment) => new(StringComparer.Ordinal)
    {
        ["ASPNETCORE_ENVIRONMENT"] = environment,
        ["DOORS"] = "forward-auth",
        ["HOST"] = "127.0.0.1",
        ["LOG_FORMAT"] = "json",
    };

    private static async Task<string> LogInAsync(ServerProcess server, string email)
    {
        using var answer = await server.Client.PostAsJsonAsync("/auth/login", new { email, password = "eleven pipers" }, Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("token").GetString()!;
    }

    private static async Task<HttpStatusCode> VerifyAsync(ServerProcess server, string token)
    {
        using var question = new HttpRequestMessage(HttpMethod.Get, "/verify");
        question.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await server.Client.SendAsync(question, Ct);
        return answer.StatusCode;
    }

    private static JsonElement Part(string token, int number) => JsonSerializer.Deserialize<JsonElement>(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[number]));
}
