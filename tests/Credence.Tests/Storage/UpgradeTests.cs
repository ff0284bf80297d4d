using System.Net.Http.Headers;
using System.Text.Json;
using Credence.Proofs;
using Credence.Storage;
using Credence.Tests.Hosting;
using Credence.Tests.Support;

namespace Credence.Tests.Storage;

/// <summary>
/// A database as a released version left it, migrates forward with all that is in it, and serves (issue 9). The dumps are of real servers of those versions
/// at work: <c>tests/fixtures/schemas</c>.
/// </summary>
public sealed class UpgradeTests
{
    /// <summary>The key of the organization in every dump.</summary>
    private static readonly string Key = "gx_live_" + string.Concat(Enumerable.Repeat("schemas", 6)) + "s";

    /// <summary>What the secrets in every dump are encrypted under.</summary>
    private static readonly string DataKey = string.Concat(Enumerable.Repeat("5c", 32));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Each released version, and how many of its files are to be there already.</summary>
    public static TheoryData<EngineKind, string, int> Releases()
    {
        var data = new TheoryData<EngineKind, string, int>();
        foreach (var engine in Enum.GetValues<EngineKind>())
        {
            data.Add(engine, "grants-core", engine == EngineKind.Postgres ? 2 : 1);
            data.Add(engine, "grants-whole", engine == EngineKind.Postgres ? 24 : 14);
            data.Add(engine, "agents-door", engine == EngineKind.Postgres ? 30 : 18);
            data.Add(engine, "people-doors", engine == EngineKind.Postgres ? 41 : 25);
        }

        return data;
    }

    [Theory, MemberData(nameof(Releases))]
    public async Task A_database_of_each_released_version_migrates_with_its_data_and_serves(EngineKind engine, string release, int applied)
    {
        await using var database = await TestDb.EmptyAsync(engine);
        await LoadAsync(database.Url, release, engine);
        var migrator = new Migrator(database.Db, TimeProvider.System);
        var standing = await migrator.StandingAsync(Migrator.Shipped(engine), Ct);
        Assert.Empty(standing.Changed);
        Assert.Empty(standing.Foreign);
        Assert.Equal(applied, Migrator.Shipped(engine).Count - standing.Pending.Count);
        var before = await AllRows.InAsync(database.Url);

        Assert.Equal(standing.Pending.Count, await migrator.ApplyAsync(Migrator.Shipped(engine), Ct));

        var after = await AllRows.InAsync(database.Url);
        Assert.Empty(before.Where(row => !after.Any(row.IsStillIn)).Select(row => row.ToString()));
        await ServesAsync(database.Url);
    }

    /// <summary>The organization's key opens, its grants are what they were, its secrets open, and its log verifies from the first entry to one of today.</summary>
    private static async Task ServesAsync(string url)
    {
        await using var host = await HostUnderTest.StartAsync(
            null, ("DATABASE_URL", url), ("DATA_ENCRYPTION_KEY", DataKey), ("AUTO_GENERATE_KEYS", "false"), ("PUBLIC_BASE_URL", "https://id.example.test"));
        using var grants = JsonDocument.Parse(await GetAsync("/v1/grants"));
        var statuses = grants.RootElement.GetProperty("grants").EnumerateArray().Select(grant => grant.GetProperty("status").GetString()).Order(StringComparer.Ordinal);
        Assert.Equal(["active", "active", "revoked", "revoked"], statuses);
        using var agents = JsonDocument.Parse(await GetAsync("/v1/agents"));
        Assert.Equal(2, agents.RootElement.GetProperty("agents").GetArrayLength());

        using var made = await host.Client.SendAsync(Request(HttpMethod.Post, "/v1/agents", """{"name":"Of today"}"""), Ct);
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync(Ct));
        using var keys = JsonDocument.Parse(await GetAsync("/audit/v1/keys"));
        var key = NoteKey.ParsePublic(keys.RootElement.GetProperty("keys")[0].GetProperty("publicKey").GetString()!)!;
        using var export = new StringReader(await GetAsync("/audit/v1/export"));
        var verdict = await VerifyExport.RunAsync(export, [key], [], Ct);
        Assert.True(verdict.Holds, string.Join('\n', verdict.Findings));
        Assert.True(verdict.Entries > 5);

        async Task<string> GetAsync(string path)
        {
            using var answer = await host.Client.SendAsync(Request(HttpMethod.Get, path), Ct);
            var text = await answer.Content.ReadAsStringAsync(Ct);
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
            return text;
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? body = null) => new(method, new Uri(path, UriKind.Relative))
    {
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", Key) },
        Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
    };

    /// <summary>On connections of its own: a dump changes settings of the session it is read in.</summary>
    private static async Task LoadAsync(string url, string release, EngineKind kind)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "fixtures", "schemas", $"{release}.{(kind == EngineKind.Postgres ? "postgres" : "sqlite")}.sql"), Ct);
        await using var engine = DatabaseUrl.Engine(url, poolMax: 1);
        await using var connection = await engine.OpenAsync(Ct);
        var statements = new Sql(0, 0);
        statements.AppendLiteral(text);
        await using var command = engine.Command(connection, null, statements);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(Ct);
    }
}
