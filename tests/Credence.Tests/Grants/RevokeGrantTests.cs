using Credence.Grants;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.Grants;

public sealed class RevokeGrantTests
{
    [Theory, EachEngine]
    public async Task Revoking_a_grant_ends_everything_delegated_from_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var root = await world.GrantAsync("calendar:read", "email:send");
        var child = (await world.DelegateAsync(root, world.Agent, "email:send")).Value;
        var grandchild = (await world.DelegateAsync(child, world.Agent, "email:send")).Value;
        var unrelated = await world.GrantAsync("email:send");

        Assert.Equal(3, (await world.RevokeAsync(root)).Value);

        foreach (var grant in new[] { root, child, grandchild }) Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(grant));
        Assert.Null(await world.RefusalAsync(unrelated));
        Assert.Equal(GrantFailures.NotFound, (await world.RevokeAsync(root)).Failure);
        Assert.Equal(3, await world.AuditedAsync("grant.revoked"));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from events where type = 'grant.revoked'"));
    }

    [Theory, EachEngine]
    public async Task Revoking_a_child_leaves_its_parent_alive(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var root = await world.GrantAsync("email:send");
        var child = (await world.DelegateAsync(root, world.Agent, "email:send")).Value;

        Assert.Equal(1, (await world.RevokeAsync(child)).Value);

        Assert.Null(await world.RefusalAsync(root));
        Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(child));
    }

    [Theory, EachEngine]
    public async Task Of_many_who_revoke_one_is_told_that_it_did(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var root = await world.GrantAsync("email:send");

        var answers = await World.AllAtOnceAsync(20, _ => world.RevokeAsync(root));

        Assert.Single(answers, answer => answer.Succeeded);
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from events where type = 'grant.revoked'"));
    }

    [Theory, EachEngine]
    public async Task Another_organizations_grant_looks_like_none(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (stranger, _) = await world.OrganizationAsync("Stranger Ltd");
        var root = await world.GrantAsync("email:send");

        Assert.Equal(GrantFailures.NotFound, (await world.Get<RevokeGrant>().RunAsync(stranger.Organization, root.Grant.Id, "x", World.Ct)).Failure);
        Assert.Null(await world.RefusalAsync(root));
    }
}
