using System.Text.Json;
using Credence.Audit;
using Credence.Configurations;
using Credence.Keys;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Configurations;

/// <summary>What administrators set at run time, and the credentials that go with it (contract identity A 27, B.8, ID-49, ID-50; standards 23).</summary>
public sealed class ConfigurationTests
{
    private const string Secret = "correct horse battery";
    private const string Server = """{"host":"mail.example.com","port":587,"secure":"starttls","username":"ada","from":"no-reply@example.com"}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachEngine]
    public async Task A_credential_is_encrypted_in_the_documented_form_for_its_row_alone_and_never_shown(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var set = (await SetAsync(world, "MAIL", "smtp", Server, Secret)).Value;

        Assert.Matches(@"^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}$", set.SealedCredential);
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from configurations where credential = {set.SealedCredential} and value not like '%horse%'"));
        Assert.Equal(Secret, world.Get<CredentialBox>().Open(set));
        Assert.Null(world.Get<CredentialBox>().Open(set with { Id = Id<Configuration>.New(world.Now) }));
        var shown = Assert.Single(await world.Get<ListConfigurations>().RunAsync("MAIL", Ct), one => one.Code == "smtp");
        Assert.True(shown.HasCredential);
        Assert.DoesNotContain(Secret, JsonSerializer.Serialize(shown), StringComparison.Ordinal);
        Assert.DoesNotContain(set.SealedCredential!, JsonSerializer.Serialize(shown), StringComparison.Ordinal);
        Assert.Equal(1, await world.AuditedAsync("configuration.changed", "\"credential\":\"set\""));
    }

    [Theory]
    [InlineData("""{"host":"mail.example.com","port":587,"secure":"starttls","username":"ada","from":"other@example.com"}""", true)]
    [InlineData("""{"host":"mail.example.org","port":587,"secure":"starttls","username":"ada","from":"no-reply@example.com"}""", false)]
    [InlineData("""{"host":"mail.example.com","port":25,"secure":"starttls","username":"ada","from":"no-reply@example.com"}""", false)]
    [InlineData("""{"host":"mail.example.com","port":587,"secure":"tls","username":"ada","from":"no-reply@example.com"}""", false)]
    [InlineData("""{"host":"mail.example.com","port":587,"secure":"starttls","username":"eve","from":"no-reply@example.com"}""", false)]
    public async Task A_kept_credential_never_follows_to_another_address(string changed, bool isKept)
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        await SetAsync(world, "MAIL", "smtp", Server, Secret);
        var after = (await SetAsync(world, "MAIL", "smtp", changed, null)).Value;
        Assert.Equal(isKept ? Secret : null, world.Get<CredentialBox>().Open(after));
        Assert.Equal(1, await world.AuditedAsync("configuration.changed", isKept ? "\"credential\":\"kept\"" : "\"credential\":\"removed\""));
        Assert.Null(world.Get<CredentialBox>().Open((await SetAsync(world, "MAIL", "smtp", Server, isKept ? "" : null)).Value)); // nor does it come back
    }

    [Fact]
    public async Task The_key_of_a_provider_does_not_follow_into_another_place_of_the_request()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        var provider = """{"url":"https://sms.example.com/send","headers":{"X-Key":"{{credential}}"},"body":"{\"to\":\"{{to}}\",\"text\":\"{{text}}\"}"}""";
        await SetAsync(world, "SMS", "provider", provider, Secret);
        Assert.NotNull((await SetAsync(world, "SMS", "provider", provider.Replace("\"body\"", "\"idField\":\"id\",\"body\"", StringComparison.Ordinal), null)).Value.SealedCredential);
        Assert.Null((await SetAsync(world, "SMS", "provider", provider.Replace("{{text}}", "{{text}} {{credential}}", StringComparison.Ordinal), null)).Value.SealedCredential);
    }

    [Theory]
    [InlineData("MAIL", "smtp", "[]", "value")]
    [InlineData("MAIL", "smtp", """{"port":587,"secure":"tls","from":"a@example.com"}""", "value.host")]
    [InlineData("MAIL", "smtp", """{"host":"a b","port":587,"secure":"tls","from":"a@example.com"}""", "value.host")]
    [InlineData("MAIL", "smtp", """{"host":"m","port":0,"secure":"tls","from":"a@example.com"}""", "value.port")]
    [InlineData("MAIL", "smtp", """{"host":"m","port":1,"secure":"ssl","from":"a@example.com"}""", "value.secure")]
    [InlineData("MAIL", "smtp", """{"host":"m","port":1,"secure":"none","username":"ada","from":"a@example.com"}""", "value.username")]
    [InlineData("MAIL", "smtp", """{"host":"m","port":1,"secure":"tls","from":"nobody"}""", "value.from")]
    [InlineData("MAIL", "smtp", """{"host":"m","port":1,"secure":"tls","from":"a@example.com","password":"x"}""", "value")]
    [InlineData("MAIL", "welcome-en", """{"subject":"a\r\nBcc: b","text":"t"}""", "value.subject")]
    [InlineData("MAIL", "welcome-en", """{"subject":"a","text":"{{cod}}"}""", "value.text")]
    [InlineData("MAIL", "welcome-en", """{"subject":"a","text":"{{#link}}"}""", "value.text")]
    [InlineData("MAIL", "welcome-en", """{"subject":"a","text":"t","html":"{{ code }}"}""", "value.html")]
    [InlineData("SMS", "phone-auth-fr", """{"text":""}""", "value.text")]
    [InlineData("SMS", "provider", """{"url":"ftp://x/","body":"{}"}""", "value.url")]
    [InlineData("SMS", "provider", """{"url":"https://{{to}}.example.com/","body":"{}"}""", "value.url")]
    [InlineData("SMS", "provider", """{"url":"https://x/","body":"{\"a\":{{text}}"}""", "value.body")]
    [InlineData("SMS", "provider", """{"url":"https://x/","body":"{}","headers":{"Host":"y"}}""", "value.headers")]
    [InlineData("SMS", "provider", """{"url":"https://x/","body":"{}","success":{"field":"code","values":[]}}""", "value.success.values")]
    [InlineData("OTP", "lockSeconds", "599", "value")]
    [InlineData("OTP", "lockSeconds", "901", "value")]
    [InlineData("OTP", "lockSeconds", "\"600\"", "value")]
    [InlineData("OTP", "maxAttempts", "6", "value")]
    public async Task A_value_its_group_does_not_take_is_refused_with_its_place(string group, string code, string value, string path)
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        var refused = (await SetAsync(world, group, code, value, null)).Failure!;
        Assert.Equal((FailureKind.Unprocessable, "configuration.invalid", path), (refused.Kind, refused.Code, refused.Reason));
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from configurations"));
    }

    [Theory]
    [InlineData("OTHER", "smtp")]
    [InlineData("MAIL", "smtp-en")]
    [InlineData("MAIL", "phone-auth-en")]
    [InlineData("MAIL", "welcome")]
    [InlineData("OTP", "seconds")]
    public async Task There_are_no_settings_but_those_of_the_groups(string group, string code)
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        Assert.Equal(ConfigurationFailures.NotFound, (await SetAsync(world, group, code, "{}", null)).Failure);
    }

    [Fact]
    public async Task Where_no_credential_is_used_none_is_taken()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        Assert.Equal("credential", (await SetAsync(world, "OTP", "lockSeconds", "600", Secret)).Failure!.Reason);
        Assert.Equal("credential", (await SetAsync(world, "MAIL", "smtp", Server, "two\nlines")).Failure!.Reason);
    }

    [Theory, EachEngine]
    public async Task A_change_counts_on_every_node_within_five_seconds_an_operators_own_included(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        Assert.Equal(900, OtpSettings.Of(await node.Get<CurrentConfigurations>().ReadAsync(Ct)).LockSeconds);
        await SetAsync(world, "OTP", "lockSeconds", "700", null);

        Assert.Equal(700, OtpSettings.Of(await world.Get<CurrentConfigurations>().ReadAsync(Ct)).LockSeconds);
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(700, OtpSettings.Of(await node.Get<CurrentConfigurations>().ReadAsync(Ct)).LockSeconds);

        await using (var tx = await world.Db.BeginAsync(Ct))
        {
            await tx.ExecuteAsync($"update configurations set value = '650' where code = 'lockSeconds'", Ct);
            await tx.CommitAsync();
        }

        world.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(650, OtpSettings.Of(await node.Get<CurrentConfigurations>().ReadAsync(Ct)).LockSeconds);
    }

    [Theory, EachEngine]
    public async Task Twenty_who_set_the_same_make_one_of_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        var set = await World.AllAtOnceAsync(20, number => SetAsync(number % 2 == 0 ? world : node, "OTP", "dailyLimit", $"{number + 1}", null));
        Assert.All(set, one => Assert.True(one.Succeeded));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from configurations where code = 'dailyLimit'"));
        Assert.Equal(20, await world.AuditedAsync("configuration.changed"));
    }

    [Fact]
    public async Task Everything_that_can_be_set_is_listed_with_what_holds_now()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        await SetAsync(world, "OTP", "lockSeconds", "700", null);
        await SetAsync(world, "MAIL", "welcome-vi", """{"subject":"Chào","text":"Chào {{name}}"}""", null);

        var all = await world.Get<ListConfigurations>().RunAsync(null, Ct);
        Assert.Equal("700", Assert.Single(all, one => one.Code == "lockSeconds").Value);
        Assert.Equal("600", Assert.Single(all, one => one.Code == "codeSeconds").Value);
        Assert.Equal("""{"subject":"Chào","text":"Chào {{name}}"}""", Assert.Single(all, one => one.Code == "welcome-vi").Value);
        Assert.Contains("{{code}}", Assert.Single(all, one => one.Code == "verify-email-en").Value, StringComparison.Ordinal);
        Assert.All(await world.Get<ListConfigurations>().RunAsync("SMS", Ct), one => Assert.Equal("SMS", one.Group));
    }

    [Theory, EachEngine]
    public async Task Credentials_move_to_a_new_secret_while_others_change_them(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var mail = (await SetAsync(world, "MAIL", "smtp", Server, Secret)).Value; // under what is derived from the data key
        var first = Box(new KeyOptions { DataEncryptionKey = TestKeys.DataKey, ApplicationSecret = "the-first-application-secret" });
        var second = Box(new KeyOptions
        {
            DataEncryptionKey = TestKeys.DataKey,
            ApplicationSecret = "the-second-application-secret",
            ApplicationSecretPrevious = "the-first-application-secret",
        });

        var renewed = await new ReencryptCredentials(world.Db, first).RunAsync(_ => { }, Ct);
        Assert.Equal(new Reencrypted(1, 1, 0), renewed);
        Assert.Null(world.Get<CredentialBox>().Open(await StoredAsync(world, mail.Id)));
        Assert.Equal(new Reencrypted(1, 0, 0), await new ReencryptCredentials(world.Db, first).RunAsync(_ => { }, Ct));

        var results = await World.AllAtOnceAsync(20, _ => new ReencryptCredentials(world.Db, second).RunAsync(_ => { }, Ct));
        Assert.Equal(1, results.Sum(one => one.Renewed));
        Assert.Equal(Secret, second.Open(await StoredAsync(world, mail.Id)));
        Assert.Equal(new Reencrypted(1, 0, 1), await world.Get<ReencryptCredentials>().RunAsync(_ => { }, Ct)); // without the secret it is not lost, and said
    }

    [Theory, EachEngine]
    public async Task A_credential_that_was_set_while_it_was_being_renewed_stays(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var seen = (await SetAsync(world, "MAIL", "smtp", Server, Secret)).Value;
        var set = (await SetAsync(world, "MAIL", "smtp", Server, "another secret")).Value;
        await using var tx = await world.Db.BeginAsync(Ct);
        Assert.False(await ConfigurationStore.ReencryptAsync(tx, seen, "v1.renewed", Ct));
        await tx.CommitAsync();
        Assert.Equal(set.SealedCredential, (await StoredAsync(world, set.Id)).SealedCredential);
    }

    private static CredentialBox Box(KeyOptions options) => new(new ApplicationSecret(options));

    private static async Task<Configuration> StoredAsync(World world, Id<Configuration> id) =>
        (await world.Db.FirstAsync($"select * from configurations where id = {id}", Configuration.Read, Ct))!;

    private static Task<Result<Configuration>> SetAsync(World world, string group, string code, string value, string? credential) =>
        world.Get<ChangeConfiguration>().RunAsync(
            new ChangeConfiguration.Input(group, code, JsonElement.Parse(value), credential),
            new AuditEvent(world.Caller.Organization.ToString(), "configuration.changed", "ada", $"{group}/{code}"), Ct);
}
