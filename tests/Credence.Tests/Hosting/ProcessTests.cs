using System.Net;
using System.Text.Json;
using Credence.Server.Hosting.Commands;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Hosting;

/// <summary>The built program as operators see it: exit codes, lines, signals (contract operations O8, O12, O14 to O18, O35, O38).</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Missing_settings_end_it_with_1_and_a_line_each()
    {
        var (exitCode, output, errors) = await ServerProcess.RunAsync(new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.Equal(1, exitCode);
        Assert.Empty(output);
        Assert.Equal(3, errors.Count);
        Assert.Equal("Failed to start server: Error: DATABASE_URL environment variable is required", errors[0]);
        Assert.Equal("Failed to start server: Error: REDIS_URL environment variable is required", errors[1]);
        Assert.StartsWith("Failed to start server: Error: JWT_PRIVATE_KEY and JWT_PUBLIC_KEY environment variables are required", errors[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_it_ends_with_1_and_names_what_is_missing()
    {
        var settings = ServerProcess.Embedded(_folder.Path);
        settings["AUTO_GENERATE_KEYS"] = "false";
        var (exitCode, _, errors) = await ServerProcess.RunAsync(settings);
        Assert.Equal(1, exitCode);
        Assert.StartsWith("Failed to start server: Error: JWT_PRIVATE_KEY and JWT_PUBLIC_KEY environment variables are required", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_config_shows_every_setting_with_its_source_and_no_secret()
    {
        var settings = Environments.Production();
        settings["DATA_ENCRYPTION_KEY_FILE"] = _folder.Write("key", new string('a', 64));
        var (exitCode, output, _) = await ServerProcess.RunAsync(settings, "check-config");
        Assert.Equal(0, exitCode);
        Assert.Contains(output, line => line.StartsWith("DATABASE_URL ", StringComparison.Ordinal) && line.EndsWith("environment  postgresql://credence:[secret]@db.example.test:5432/credence?sslmode=require", StringComparison.Ordinal));
        Assert.Contains(output, line => line.StartsWith("DATA_ENCRYPTION_KEY ", StringComparison.Ordinal) && line.Contains(" file ", StringComparison.Ordinal));
        Assert.Contains(output, line => line.StartsWith("DB_POOL_MAX ", StringComparison.Ordinal) && line.EndsWith("default      10", StringComparison.Ordinal));
        Assert.DoesNotContain(output, line => line.Contains(Environments.Password, StringComparison.Ordinal) || line.Contains("PRIVATE KEY-", StringComparison.Ordinal));

        settings.Remove("REDIS_URL");
        var (refused, shown, errors) = await ServerProcess.RunAsync(settings, "check-config");
        Assert.Equal(1, refused);
        Assert.NotEmpty(shown);
        Assert.Equal(["Failed to start server: Error: REDIS_URL environment variable is required"], errors);
    }

    [Fact]
    public async Task Its_health_is_asked_by_the_program_itself()
    {
        await using var server = await ServerProcess.Start(ServerProcess.Embedded(_folder.Path)).ListeningAsync();
        var same = new Dictionary<string, string>(StringComparer.Ordinal) { ["PORT"] = $"{server.Port}" };
        var (healthy, nothing, silent) = await ServerProcess.RunAsync(same, "health");
        Assert.Equal(0, healthy);
        Assert.Empty(nothing.Concat(silent));

        server.Signal("TERM");
        await server.ExitAsync();
        var (ended, _, errors) = await ServerProcess.RunAsync(same, "health");
        Assert.Equal(1, ended);
        Assert.StartsWith($"http://127.0.0.1:{server.Port}/livez does not answer", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "http://127.0.0.1:3001/livez")]
    [InlineData("::", "http://[::1]:3001/livez")]
    [InlineData("127.0.0.2", "http://127.0.0.2:3001/livez")]
    public void Its_health_is_asked_where_it_listens(string? host, string address) =>
        Assert.Equal(new Uri(address), HealthCommand.AddressOf(Environments.With("HOST", host)));

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_it_gracefully_with_0(string signal)
    {
        await using var server = await ServerProcess.Start(ServerProcess.Embedded(_folder.Path)).ListeningAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/health", Ct)).StatusCode);
        server.Signal(signal);
        Assert.Equal(0, await server.ExitAsync());
        Assert.Contains(server.Output, line => ServerProcess.Message(line) == "Shutting down gracefully...");
        Assert.DoesNotContain(server.Output, line => line.Contains("\"level\":\"error\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_starts_in_the_documented_order()
    {
        await using var server = await ServerProcess.Start(ServerProcess.Embedded(_folder.Path)).ListeningAsync();
        string[] order = ["embedded database", "migrations applied", "signing key is current", "embedded state", $"Credence listening on port {server.Port}"];
        var places = order.Select(text => server.Output.ToList().FindIndex(line => ServerProcess.Message(line)!.Contains(text, StringComparison.Ordinal))).ToList();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public async Task A_database_that_never_comes_is_one_fatal_line_with_the_steps_name()
    {
        var settings = ServerProcess.Embedded(_folder.Path);
        settings["DATABASE_URL"] = $"postgresql://u:{Environments.Password}@127.0.0.1:{ServerProcess.FreePort()}/none";
        settings["AUTO_GENERATE_KEYS"] = "false";
        settings["RSA_PRIVATE_KEY"] = Environments.RsaPem;
        settings["STARTUP_WAIT_SECONDS"] = "1";
        var (exitCode, output, _) = await ServerProcess.RunAsync(settings);
        Assert.Equal(1, exitCode);
        var fatal = Assert.Single(output, line => line.Contains("\"level\":\"fatal\"", StringComparison.Ordinal));
        Assert.Contains("\"step\":\"database\"", fatal, StringComparison.Ordinal);
        Assert.True(output.Count(line => line.Contains("trying again", StringComparison.Ordinal)) > 1);
        Assert.DoesNotContain(output, line => line.Contains(Environments.Password, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_that_comes_late_is_waited_for()
    {
        await using var database = await Forwarder.ToPostgresAsync(await TestDb.OnAsync(EngineKind.Postgres), open: false);
        var settings = ServerProcess.Embedded(_folder.Path);
        settings["DATABASE_URL"] = database.Url;
        settings["AUTO_GENERATE_KEYS"] = "false";
        settings["RSA_PRIVATE_KEY"] = Environments.RsaPem;
        await using var server = ServerProcess.Start(settings);
        await server.LineAsync("trying again");
        database.Open();
        await server.ListeningAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/readyz", Ct)).StatusCode);
    }

    [Fact]
    public async Task A_signal_during_the_wait_for_the_database_ends_it_too()
    {
        var settings = ServerProcess.Embedded(_folder.Path);
        settings["DATABASE_URL"] = $"postgresql://u@127.0.0.1:{ServerProcess.FreePort()}/none";
        settings["AUTO_GENERATE_KEYS"] = "false";
        settings["RSA_PRIVATE_KEY"] = Environments.RsaPem;
        await using var server = ServerProcess.Start(settings);
        await server.LineAsync("trying again");
        server.Signal("TERM");
        Assert.Equal(0, await server.ExitAsync());
        Assert.DoesNotContain(server.Output, line => line.Contains("\"level\":\"fatal\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_redis_that_is_away_does_not_stop_the_start()
    {
        var settings = ServerProcess.Embedded(_folder.Path);
        settings["REDIS_URL"] = $"redis://127.0.0.1:{ServerProcess.FreePort()}";
        await using var server = await ServerProcess.Start(settings).ListeningAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/readyz", Ct)).StatusCode);
        Assert.Equal("""{"status":"degraded","failing":["redis"]}""", await (await server.Client.GetAsync("/health", Ct)).Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_a_fatal_line_of_the_listener()
    {
        await using var server = await ServerProcess.Start(ServerProcess.Embedded(_folder.Path)).ListeningAsync();
        using var other = new TempFolder();
        var settings = ServerProcess.Embedded(other.Path);
        settings["PORT"] = $"{server.Port}";
        var (exitCode, output, _) = await ServerProcess.RunAsync(settings);
        Assert.Equal(1, exitCode);
        Assert.Contains("\"step\":\"HTTP listener\"", Assert.Single(output, line => line.Contains("\"level\":\"fatal\"", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_server_uses_an_sqlite_file_and_the_command_line_may_still_write()
    {
        var settings = ServerProcess.Embedded(_folder.Path);
        await using var server = await ServerProcess.Start(settings).ListeningAsync();
        var (second, output, _) = await ServerProcess.RunAsync(settings);
        Assert.Equal(1, second);
        Assert.Contains("another server uses this SQLite file", Assert.Single(output, line => line.Contains("\"level\":\"fatal\"", StringComparison.Ordinal)), StringComparison.Ordinal);

        Assert.Equal(0, (await ServerProcess.RunAsync(settings, "migrate")).ExitCode);
        Assert.Equal(0, (await ServerProcess.RunAsync(settings, "keys", "rotate", "--now", "--algorithm", "RS256")).ExitCode);
        server.Signal("TERM");
        await server.ExitAsync();
        await using var next = await ServerProcess.Start(settings).ListeningAsync(); // the lock went with its process
    }

    [Fact]
    public async Task Two_servers_that_start_together_on_an_empty_database_both_serve_with_the_same_keys()
    {
        await using var database = await TestDb.EmptyAsync(EngineKind.Postgres);
        var settings = ServerProcess.Embedded(_folder.Path);
        settings["DATABASE_URL"] = database.Url;
        settings["AUTO_GENERATE_KEYS"] = "false";
        settings["DATA_ENCRYPTION_KEY"] = new string('a', 64);
        await using var one = ServerProcess.Start(settings);
        await using var other = ServerProcess.Start(settings);
        await Task.WhenAll(one.ListeningAsync(), other.ListeningAsync());
        Assert.Equal(
            await one.Client.GetStringAsync("/.well-known/jwks.json", Ct), await other.Client.GetStringAsync("/.well-known/jwks.json", Ct));
        Assert.Single(one.Output.Concat(other.Output), line => ServerProcess.Message(line) == $"migrations applied: {Migrator.Shipped(EngineKind.Postgres).Count}");
        Assert.Single(one.Output.Concat(other.Output), line => ServerProcess.Message(line) == "migrations applied: 0");

        var connections = await database.Db.NumberAsync(
            $"select count(*) as n from pg_stat_activity where datname = current_database() and application_name = 'credence' and pid <> pg_backend_pid()", Ct);
        Assert.InRange(connections, 1, 20 + 10); // at most ten of each server, and this test's own (O20, O21)
    }

    [Fact]
    public async Task Keys_are_listed_as_a_table_and_as_json()
    {
        var settings = ServerProcess.Embedded(_folder.Path);
        await using (var server = await ServerProcess.Start(settings).ListeningAsync())
        {
        }

        var (listed, lines, _) = await ServerProcess.RunAsync(settings, "keys", "list");
        Assert.Equal((0, 4), (listed, lines.Count));
        var (exitCode, output, _) = await ServerProcess.RunAsync(settings, "keys", "list", "--json");
        using var keys = JsonDocument.Parse(string.Concat(output));
        Assert.Equal((0, 3), (exitCode, keys.RootElement.GetArrayLength()));
        Assert.All(keys.RootElement.EnumerateArray(), key => Assert.Equal("current", key.GetProperty("status").GetString()));

        var (refused, _, errors) = await ServerProcess.RunAsync(settings, "keys", "retire", "nobody");
        Assert.Equal((1, 1), (refused, errors.Count));
    }

    [Fact]
    public async Task Seeds_make_development_organizations_once()
    {
        var settings = ServerProcess.Embedded(_folder.Path);
        settings["SEED_API_KEY"] = "dev-api-key-local";
        settings["SEED_SANDBOX_KEY"] = "sandbox-api-key-local";
        for (var turn = 0; turn < 2; turn++)
        {
            await using var server = await ServerProcess.Start(settings).ListeningAsync();
            server.Signal("TERM");
            Assert.Equal(0, await server.ExitAsync());
            Assert.DoesNotContain(server.Output, line => line.Contains("key-local", StringComparison.Ordinal));
        }

        await using var engine = DatabaseUrl.Engine(settings["DATABASE_URL"], poolMax: 1);
        var modes = await new Db(engine).ListAsync($"select mode from organizations order by mode", row => row.Text("mode"), Ct);
        Assert.Equal(["live", "sandbox"], modes);
    }

    [Fact]
    public async Task A_request_is_a_json_line_with_its_template_and_never_its_query()
    {
        await using var server = await ServerProcess.Start(ServerProcess.Embedded(_folder.Path)).ListeningAsync();
        using var response = await server.Client.GetAsync("/livez?code=Hunter2", Ct);
        var line = await server.LineAsync("request completed");
        using var json = JsonDocument.Parse(line);
        Assert.Equal(
            ["level", "time", "reqId", "msg", "responseTime", "method", "route", "statusCode"], json.RootElement.EnumerateObject().Select(field => field.Name));
        Assert.Equal(response.Headers.GetValues("X-Request-Id").Single(), json.RootElement.GetProperty("reqId").GetString());
        Assert.Equal("/livez", json.RootElement.GetProperty("route").GetString());
        Assert.DoesNotContain(server.Output, text => text.Contains("Hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task In_development_a_request_is_one_combined_line_and_none_in_tests()
    {
        var settings = ServerProcess.Embedded(_folder.Path);
        settings.Remove("LOG_FORMAT");
        await using (var server = await ServerProcess.Start(settings).ListeningAsync())
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/livez?code=Hunter2");
            request.Headers.TryAddWithoutValidation("User-Agent", "a\"b");
            request.Headers.Add("Referer", "https://app.example.test/callback?code=Hunter2");
            using var response = await server.Client.SendAsync(request, Ct);
            Assert.Matches("""^127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000\] "GET /livez HTTP/1\.1" 200 3 "https://app\.example\.test/callback" "a\?b"$""", await server.LineAsync("GET /livez"));
            Assert.DoesNotContain(server.Output, text => text.Contains("Hunter2", StringComparison.Ordinal));
        }

        settings["NODE_ENV"] = "test";
        await using var quiet = await ServerProcess.Start(settings).ListeningAsync();
        using var answer = await quiet.Client.GetAsync("/livez", Ct);
        quiet.Signal("TERM");
        await quiet.ExitAsync();
        Assert.DoesNotContain(quiet.Output, text => text.Contains("GET /livez", StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
