using System.Net;
using Credence.Storage;
using Credence.Tests.Hosting;
using Credence.Tests.Support;

namespace Credence.Tests.Pages;

public sealed class PermissionsPageTests
{
    [Fact]
    public async Task A_database_that_is_away_is_told_in_a_page_and_changes_nothing()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var database = await Forwarder.ToPostgresAsync(await TestDb.OnAsync(EngineKind.Postgres));
        await using var host = await HostUnderTest.StartAsync(null, ("DATABASE_URL", database.Url), ("RATE_LIMITS_ENABLED", "false"), ("BOOTSTRAP_ADMIN_CLIENT", Lively.Operator));
        var session = (await Lively.MakeAsync(host.Client, "http://127.0.0.1:9/")).Session;
        Assert.Contains("1 agent may act for you", await ShownAsync($"/permissions?session={session}", HttpStatusCode.OK), StringComparison.Ordinal);

        database.Close();
        Assert.Contains("Your agents: Not now, please try again", await ShownAsync("/permissions", HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        using (var form = new FormUrlEncodedContent([new("do", "stop-all")]))
        using (var answer = await host.Client.PostAsync("/permissions", form, ct))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }

        database.Open();
        Assert.Contains("1 agent may act for you", await ShownAsync("/permissions", HttpStatusCode.OK), StringComparison.Ordinal);

        async Task<string> ShownAsync(string path, HttpStatusCode status)
        {
            using var answer = await host.Client.GetAsync(path, ct);
            Assert.Equal(status, answer.StatusCode);
            Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
            return await answer.Content.ReadAsStringAsync(ct);
        }
    }
}
