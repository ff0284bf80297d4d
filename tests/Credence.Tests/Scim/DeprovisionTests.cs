using Credence.Principals;
using Credence.Scim;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.Scim;

public sealed class DeprovisionTests
{
    private const string Deactivate = """[{"op":"Replace","path":"active","value":"False"}]""";

    [Theory, EachEngine]
    public async Task Who_is_deactivated_loses_what_they_granted_and_their_sessions_at_once(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var by = await world.DirectoryAsync();
        var user = await world.UserAsync(by, "Ada"); // the grants below say "ada": in userName case does not count
        var grant = await world.GrantAsync("calendar:read", "email:send");
        var child = (await world.DelegateAsync(grant, world.Agent, "email:send")).Value;
        var session = (await world.Get<OpenSession>().RunAsync(world.Caller, "ada", null, World.Ct)).Value;

        Assert.True((await world.PatchAsync(by, ScimKind.User, user, Deactivate)).Succeeded);

        Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(grant));
        Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(child));
        Assert.False((await world.Get<CheckSession>().RunAsync(session.Token, World.Ct)).Succeeded);
        Assert.Equal(1, await world.AuditedAsync("scim_user.deactivated"));
        Assert.Equal(1, await world.AuditedAsync("principal_session.ended"));
        Assert.Equal(2, await world.AuditedAsync("grant.revoked"));
        Assert.Equal(2, await world.CountAsync($"select count(*) as n from audit_pending where body like '%grant.revoked%' and body like {$"%\"actor\":\"{by.By}\"%"}"));
    }

    [Theory, EachEngine]
    public async Task Who_is_gone_can_give_nothing_until_the_directory_has_them_again(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var by = await world.DirectoryAsync();
        var user = await world.UserAsync(by, "somebody", externalId: "ada");
        var early = await world.CodeAsync("calendar:read");
        await world.DeleteAsync(by, ScimKind.User, user);

        Assert.Equal(PrincipalFailures.Deprovisioned, (await world.ExchangeAsync(early)).Failure);
        Assert.Equal(PrincipalFailures.Deprovisioned, (await world.ExchangeAsync(await world.CodeAsync("calendar:read"))).Failure);

        await world.UserAsync(by, "ada");
        Assert.True((await world.ExchangeAsync(early)).Succeeded); // the refusal had not spent the code
    }

    [Theory, EachEngine]
    public async Task A_name_that_passes_to_somebody_else_takes_no_authority_with_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var by = await world.DirectoryAsync();
        var first = await world.UserAsync(by, "ada");
        var grant = await world.GrantAsync("calendar:read");

        Assert.Equal("uniqueness", (await world.CreateAsync(by, ScimKind.User, """{"userName":"other","externalId":"ada"}""")).Failure?.Code);
        await world.PatchAsync(by, ScimKind.User, first, """[{"op":"replace","value":{"userName":"ada.lovelace"}}]""");
        Assert.Null(await world.RefusalAsync(grant)); // it is still theirs

        await world.UserAsync(by, "ada");
        Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(grant));
    }

    [Theory, EachEngine]
    public async Task Deactivating_while_codes_are_exchanged_leaves_nothing_alive(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var by = await world.DirectoryAsync();
        var user = await world.UserAsync(by, "ada");
        var codes = new List<string>();
        for (var at = 0; at < 20; at++) codes.Add(await world.CodeAsync("calendar:read"));

        await World.AllAtOnceAsync(21, async at => at == 10
            ? (await world.PatchAsync(by, ScimKind.User, user, Deactivate)).Succeeded
            : (await world.ExchangeAsync(codes[at > 10 ? at - 1 : at])).Succeeded);

        Assert.Equal(0, await world.CountAsync($"select count(*) as n from grants where status = 'active'"));
    }

    [Theory, EachEngine]
    public async Task Of_twenty_who_tell_of_one_name_one_is_heard(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var by = await world.DirectoryAsync();

        var told = await World.AllAtOnceAsync(20, at => world.CreateAsync(by, at % 2 == 0 ? ScimKind.User : ScimKind.Group, at % 4 < 2
            ? """{"userName":"Ada@example.test","displayName":"Pilots"}"""
            : """{"userName":"ada@EXAMPLE.test","displayName":"pilots"}"""));

        Assert.Equal(2, told.Count(one => one.Succeeded));
        Assert.All(told.Where(one => !one.Succeeded), one => Assert.Equal("uniqueness", one.Failure!.Code));
    }

    [Theory, EachEngine]
    public async Task Two_organizations_with_the_same_names_never_see_each_other(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var mine = await world.DirectoryAsync();
        var (other, _) = await world.OrganizationAsync("Other Co");
        var theirs = new ScimCaller(other.Organization, mine.By);
        var user = await world.UserAsync(mine, "ada", "1");
        var foreign = await world.UserAsync(theirs, "ada", "1");
        var grant = await world.GrantAsync("calendar:read");

        foreach (var filter in new[] { "userName eq \"ada\"", "externalId eq \"1\"", "id pr", $"id eq \"{foreign}\" or id eq \"{user}\"", "userName ge \"a\"" })
        {
            Assert.Equal([user], (await world.ListAsync(mine, filter)).Ids());
            Assert.Equal([foreign], (await world.ListAsync(theirs, filter)).Ids());
        }

        Assert.Equal("noTarget", (await world.PatchAsync(mine, ScimKind.User, foreign, Deactivate)).Failure?.Code);
        Assert.Equal("noTarget", (await world.DeleteAsync(mine, ScimKind.User, foreign)).Failure?.Code);
        Assert.Equal("invalidValue", (await world.CreateAsync(mine, ScimKind.Group, $$"""{"displayName":"g","members":[{"value":"{{foreign}}"}]}""")).Failure?.Code);
        await world.DeleteAsync(theirs, ScimKind.User, foreign);
        Assert.Null(await world.RefusalAsync(grant)); // their ada is not ours
    }
}
