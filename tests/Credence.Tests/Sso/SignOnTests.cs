using Credence.Keys;
using Credence.Principals;
using Credence.Scim;
using Credence.Sso;
using Credence.Storage;
using Credence.Tests.Scim;
using Credence.Tests.Support;

namespace Credence.Tests.Sso;

public sealed class SignOnTests
{
    [Theory, EachEngine]
    public async Task A_sign_on_lasts_eight_hours_and_then_gives_nothing_and_goes(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var company = await CompanyProvider.StartAsync(world);
        await company.ConnectAsync();
        var signedOn = (await company.SignOnAsync("ada")).Value;
        Assert.Equal(1, await world.AuditedAsync("sso.login", signedOn.Session.Id.ToString()));
        Assert.Equal(1, await world.AuditedAsync("principal_session.opened", signedOn.Session.Id.ToString()));
        Assert.Equal(1, await world.AuditedAsync("scim_user.created", signedOn.Session.Connection.ToString()));

        world.Clock.Advance(TimeSpan.FromHours(8) - TimeSpan.FromSeconds(2));
        Assert.Single(await LiveAsync(world));
        Assert.True(await CountsAsync(world, signedOn));

        world.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(await LiveAsync(world));
        Assert.False(await CountsAsync(world, signedOn));
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await using var tx = await world.Db.BeginAsync(World.Ct);
        Assert.Equal(1, await SsoSessionStore.SweepAsync(tx, world.Now, World.Ct));
    }

    [Theory, EachEngine]
    public async Task Of_twenty_callbacks_of_one_login_one_signs_on(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var company = await CompanyProvider.StartAsync(world);
        await company.ConnectAsync();
        var back = await company.BeginAsync("ada");

        var came = await World.AllAtOnceAsync(20, _ => world.Get<FinishLogin>().RunAsync(back, World.Ct));

        Assert.Single(came, each => each.Succeeded);
        Assert.All(came.Where(each => !each.Succeeded), each => Assert.Equal(SsoFailures.StateInvalid, each.Failure));
        Assert.Single(await LiveAsync(world));
    }

    [Theory, EachEngine]
    public async Task Whoever_signs_on_while_the_directory_deactivates_them_has_no_session_afterwards(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var company = await CompanyProvider.StartAsync(world);
        await company.ConnectAsync();
        var by = await world.DirectoryAsync();
        var user = (await company.SignOnAsync("ada")).Value.Session.Principal!;
        var logins = await World.AllAtOnceAsync(20, _ => company.BeginAsync("ada"));

        var came = await World.AllAtOnceAsync(21, async at =>
        {
            if (at < 20) return (await world.Get<FinishLogin>().RunAsync(logins[at], World.Ct)).Failure;
            return (await world.PatchAsync(by, ScimKind.User, user, """[{"op":"replace","path":"active","value":false}]""")).Failure;
        });

        Assert.Null(came[20]);
        Assert.All(came[..20].OfType<Failure>(), failure => Assert.Equal(PrincipalFailures.Deprovisioned, failure));
        Assert.Empty(await LiveAsync(world));
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from principal_sessions where ended_ms is null"));
    }

    [Theory, EachEngine]
    public async Task Whoever_signs_on_while_the_connection_is_switched_off_has_no_session_afterwards(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var company = await CompanyProvider.StartAsync(world);
        var connection = await company.ConnectAsync();
        await company.SignOnAsync("ada");
        var logins = await World.AllAtOnceAsync(20, _ => company.BeginAsync("ada"));
        var off = new ConnectionChange(new Dictionary<string, string>(), null, ConnectionStatus.Inactive, null, null, null, null, null, null);

        var came = await World.AllAtOnceAsync(21, async at => at < 20
            ? (await world.Get<FinishLogin>().RunAsync(logins[at], World.Ct)).Failure
            : (await world.Get<ChangeConnection>().RunAsync(world.Caller, connection.Id, off, World.Ct)).Failure);

        Assert.Null(came[20]);
        Assert.All(came[..20].OfType<Failure>(), failure => Assert.Equal(SsoFailures.ConnectionNotFound, failure));
        Assert.Empty(await LiveAsync(world));
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from principal_sessions where ended_ms is null"));
    }

    [Theory, EachEngine]
    public async Task New_keys_are_looked_for_once_a_minute(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var company = await CompanyProvider.StartAsync(world);
        await company.ConnectAsync();
        Assert.True((await company.SignOnAsync("ada")).Succeeded);

        (company.Key, company.Kid) = (SigningKey.Generate(KeyAlgorithm.ES256), "second");
        Assert.True((await company.SignOnAsync("ada")).Succeeded);
        (company.Key, company.Kid) = (SigningKey.Generate(KeyAlgorithm.ES256), "third");
        Assert.Equal(FailureKind.BadUpstream, (await company.SignOnAsync("ada")).Failure?.Kind);
        Assert.Equal(2, company.KeyFetches);

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await company.SignOnAsync("ada")).Succeeded);
        Assert.Equal(3, company.KeyFetches);
    }

    [Theory, EachEngine]
    public async Task Whoever_comes_back_while_new_keys_are_fetched_waits_for_them(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var company = await CompanyProvider.StartAsync(world);
        await company.ConnectAsync();
        Assert.True((await company.SignOnAsync("ada")).Succeeded);
        var logins = await World.AllAtOnceAsync(20, _ => company.BeginAsync("ada"));

        (company.Key, company.Kid) = (SigningKey.Generate(KeyAlgorithm.ES256), "second");
        var came = await World.AllAtOnceAsync(20, at => world.Get<FinishLogin>().RunAsync(logins[at], World.Ct));

        Assert.All(came, each => Assert.True(each.Succeeded, each.Failure?.Detail)); // a state counts once: nobody could try again
        Assert.Equal(2, company.KeyFetches);
    }

    [Theory, EachEngine]
    public async Task A_key_that_the_provider_takes_back_counts_for_ten_minutes_at_most(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var company = await CompanyProvider.StartAsync(world);
        await company.ConnectAsync();
        await company.SignOnAsync("ada");
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        company.Key = SigningKey.Generate(KeyAlgorithm.ES256); // under the same name
        Assert.True((await company.SignOnAsync("ada")).Succeeded);
    }

    [Theory, EachEngine]
    public async Task A_person_belongs_to_their_provider_until_the_organization_gives_it_up(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var company = await CompanyProvider.StartAsync(world);
        await using var another = await CompanyProvider.StartAsync(world);
        var first = await company.ConnectAsync();
        var ada = (await company.SignOnAsync("ada")).Value.Session.Principal;
        await world.Get<ChangeConnection>().RunAsync(
            world.Caller, first.Id, new ConnectionChange(new Dictionary<string, string>(), null, ConnectionStatus.Testing, null, null, null, null, null, null), World.Ct);
        await another.ConnectAsync();

        Assert.Equal(SsoFailures.OtherProvider, (await another.SignOnAsync("ada")).Failure);
        Assert.True((await world.Get<DeleteConnection>().RunAsync(world.Caller, first.Id, World.Ct)).Succeeded);
        Assert.Equal(ada, (await another.SignOnAsync("ada")).Value.Session.Principal);
    }

    [Theory, EachEngine]
    public async Task Secrets_are_encrypted_anew_under_a_new_key(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var company = await CompanyProvider.StartAsync(world);
        var made = await company.ConnectAsync();
        var config = (await world.Get<ChangeConfig>().SaveAsync(world.Caller, new ChangeConfig.Input(company.Issuer, "credence", "another secret", "https://app.example.test"), World.Ct)).Value;
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from sso_connections where secret like '%a secret%'"));
        var (first, second) = (EnvelopeKey.Data(Convert.FromHexString(TestKeys.DataKey)), EnvelopeKey.Data([.. Enumerable.Repeat((byte)7, 32)]));

        await new RenewSsoSecrets(world.Db, new SsoSecrets(new Envelope(second, first))).RunAsync(World.Ct);

        var alone = new SsoSecrets(new Envelope(second));
        var after = await ConnectionStore.FindAsync(world.Db, made.Organization, made.Id, World.Ct);
        Assert.Equal("a secret", alone.Open(SsoSecrets.OfConnection, made.Id.ToString(), after!.SealedSecret!));
        Assert.Equal("another secret", alone.Open(SsoSecrets.OfConfig, config.Organization.ToString(), (await SsoConfigStore.FindAsync(world.Db, made.Organization, World.Ct))!.SealedSecret));
        Assert.Equal(SsoFailures.SecretUnreadable, (await company.SignOnAsync("ada")).Failure); // this node has the first key alone
    }

    private static Task<List<SsoSession>> LiveAsync(World world) => SsoSessionStore.ListAsync(world.Db, world.Caller.Organization, world.Now, World.Ct);

    private static async Task<bool> CountsAsync(World world, FinishLogin.Output signedOn)
    {
        await world.Revocations.CatchUpAsync(World.Ct); // the clock may have gone on by hours
        return (await world.Get<CheckSession>().RunAsync(signedOn.Opened!.Token, World.Ct)).Succeeded;
    }
}
