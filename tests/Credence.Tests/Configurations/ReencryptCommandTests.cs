using System.Text.Json;
using Credence.Audit;
using Credence.Configurations;
using Credence.Keys;
using Credence.Messages;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Configurations;

/// <summary><c>credence config reencrypt</c>, as an operator runs it (contract identity B.8).</summary>
public sealed class ReencryptCommandTests
{
    private const string First = "the-first-application-secret";
    private const string Second = "the-second-application-secret";

    [Fact]
    public async Task Reencrypting_says_how_far_it_is_and_what_it_cannot_open()
    {
        using var folder = new TempFolder();
        var settings = ServerProcess.Embedded(folder.Path);
        settings["DATA_ENCRYPTION_KEY"] = TestKeys.DataKey;
        Assert.Equal(0, (await ServerProcess.RunAsync(settings, "migrate")).ExitCode);
        await using var engine = DatabaseUrl.Engine(settings["DATABASE_URL"], poolMax: 1);
        var db = new Db(engine);
        await ConfigureAsync(db, First);

        settings["APP_ENV_APPLICATION_SECRET"] = Second;
        var (exitCode, output, errors) = await ServerProcess.RunAsync(settings, "config", "reencrypt");
        Assert.Equal((1, "done: 0 of 1 credentials re-encrypted"), (exitCode, output[^1]));
        Assert.Contains(errors, line => line.StartsWith("1 cannot be opened", StringComparison.Ordinal));
        (exitCode, output, errors) = await ServerProcess.RunAsync(settings, "config", "reencrypt", "--json");
        Assert.Equal((1, """{"seen":1,"renewed":0,"lost":1}"""), (exitCode, Assert.Single(output)));
        Assert.Contains("1 credentials seen, 0 re-encrypted", errors);

        settings["APP_ENV_APPLICATION_SECRET_PREVIOUS"] = First;
        (exitCode, output, _) = await ServerProcess.RunAsync(settings, "config", "reencrypt");
        Assert.Equal((0, "1 credentials seen, 1 re-encrypted", "done: 1 of 1 credentials re-encrypted"), (exitCode, output[0], output[^1]));

        settings.Remove("APP_ENV_APPLICATION_SECRET_PREVIOUS");
        (exitCode, output, _) = await ServerProcess.RunAsync(settings, "config", "reencrypt");
        Assert.Equal((0, "done: 0 of 1 credentials re-encrypted"), (exitCode, output[^1]));
        var stored = await db.FirstAsync($"select * from configurations", Configuration.Read, TestContext.Current.CancellationToken);
        Assert.Equal("password", Box(Second).Open(stored!));
    }

    private static CredentialBox Box(string secret) => new(new ApplicationSecret(new KeyOptions { DataEncryptionKey = TestKeys.DataKey, ApplicationSecret = secret }));

    private static async Task ConfigureAsync(Db db, string secret)
    {
        var value = JsonElement.Parse("""{"host":"m.example.com","port":465,"secure":"tls","username":"ada","from":"a@example.com"}""");
        var change = new ChangeConfiguration(db, [new MailGroup()], Box(secret), TimeProvider.System);
        var set = await change.RunAsync(
            new ChangeConfiguration.Input("MAIL", "smtp", value, "password"), new AuditEvent("dev_1", "configuration.changed", "ada", "MAIL/smtp"), TestContext.Current.CancellationToken);
        Assert.True(set.Succeeded);
    }
}
