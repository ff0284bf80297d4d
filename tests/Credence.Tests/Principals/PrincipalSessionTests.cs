using Credence.Organizations;
using Credence.Principals;
using Credence.Revocations;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.Principals;

public sealed class PrincipalSessionTests
{
    [Theory, EachEngine]
    public async Task A_session_is_of_one_person_of_one_organization(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.GrantAsync("email:send");

        var opened = (await OpenAsync(world)).Value;

        var session = (await CheckAsync(world, opened.Token)).Value;
        Assert.Equal(opened.Session, session);
        Assert.Equal((world.Caller.Organization, "ada"), (session.Organization, session.Principal));
        Assert.Equal(OpenSession.DefaultLife, session.ExpiresAt - session.CreatedAt);
        Assert.DoesNotContain(opened.Token, opened.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from audit_pending where body like {'%' + opened.Token + '%'}"));
    }

    [Theory, EachEngine]
    public async Task Only_who_has_granted_something_that_is_still_good_gets_one(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (stranger, _) = await world.OrganizationAsync("Stranger Ltd");
        var grant = await world.GrantAsync("email:send");

        Assert.Equal(PrincipalFailures.NothingGranted, (await world.Get<OpenSession>().RunAsync(world.Caller, "bob", null, World.Ct)).Failure);
        Assert.Equal(PrincipalFailures.NothingGranted, (await world.Get<OpenSession>().RunAsync(stranger, "ada", null, World.Ct)).Failure);
        await world.RevokeAsync(grant);
        Assert.Equal(PrincipalFailures.NothingGranted, (await OpenAsync(world)).Failure);
        await world.GrantAsync("email:send");
        world.Clock.Advance(TimeSpan.FromHours(25));
        await world.Revocations.CatchUpAsync(World.Ct);
        Assert.Equal(PrincipalFailures.NothingGranted, (await OpenAsync(world)).Failure);
    }

    [Theory, EachEngine]
    public async Task It_ends_to_the_second_and_its_row_is_swept_a_day_later(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.GrantAsync("email:send");
        var opened = (await OpenAsync(world, TimeSpan.FromSeconds(20))).Value;

        world.Clock.Advance(opened.Session.ExpiresAt - world.Now - TimeSpan.FromMilliseconds(1));
        Assert.True((await CheckAsync(world, opened.Token)).Succeeded);
        world.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(PrincipalFailures.SessionOver, (await CheckAsync(world, opened.Token)).Failure);
        Assert.Equal(PrincipalFailures.SessionNotFound, (await world.Get<EndSession>().SignOutAsync(opened.Session, World.Ct)).Failure);

        Assert.Equal(0, await SweepAsync(world));
        world.Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await SweepAsync(world));
    }

    [Theory, EachEngine]
    public async Task Once_ended_no_node_takes_it_and_none_that_starts_later(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        await world.GrantAsync("email:send");
        var (ended, lasting) = ((await OpenAsync(world)).Value, (await OpenAsync(world)).Value);

        Assert.True((await world.Get<EndSession>().RunAsync(world.Caller, ended.Session.Id, World.Ct)).Succeeded);

        Assert.Equal(PrincipalFailures.SessionOver, (await CheckAsync(world, ended.Token)).Failure);
        Assert.True((await CheckAsync(other, ended.Token)).Succeeded, "the other node has not heard of it");
        await other.Revocations.CatchUpAsync(World.Ct);
        await using var late = await world.NodeAsync();
        foreach (var node in new[] { other, late })
        {
            Assert.Equal(PrincipalFailures.SessionOver, (await CheckAsync(node, ended.Token)).Failure);
            Assert.True((await CheckAsync(node, lasting.Token)).Succeeded);
        }
    }

    [Theory, EachEngine]
    public async Task Of_many_who_end_it_one_is_told_that_it_did(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.GrantAsync("email:send");
        var session = (await OpenAsync(world)).Value.Session;
        var end = world.Get<EndSession>();

        var answers = await World.AllAtOnceAsync(30, number => number % 2 == 0
            ? end.RunAsync(world.Caller, session.Id, World.Ct)
            : end.SignOutAsync(session, World.Ct));

        Assert.Single(answers, answer => answer.Succeeded);
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from revocations where kind = 'principal_session'"));
    }

    [Theory, EachEngine]
    public async Task Another_organizations_session_looks_like_none(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (stranger, _) = await world.OrganizationAsync("Stranger Ltd");
        await world.GrantAsync("email:send");
        var opened = (await OpenAsync(world)).Value;

        Assert.Equal(PrincipalFailures.SessionNotFound, (await world.Get<EndSession>().RunAsync(stranger, opened.Session.Id, World.Ct)).Failure);
        Assert.True((await CheckAsync(world, opened.Token)).Succeeded);
    }

    [Theory, EachEngine]
    public async Task A_node_that_may_have_missed_its_end_does_not_take_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.GrantAsync("email:send");
        var opened = (await OpenAsync(world)).Value;

        world.Clock.Advance(RevocationIndex.StaleAfter + TimeSpan.FromMilliseconds(1));

        Assert.Equal(TokenFailures.Unsure, (await CheckAsync(world, opened.Token)).Failure);
    }

    [Theory, EachEngine]
    public async Task No_other_kind_of_token_is_a_session_nor_a_session_any_other(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var grant = await world.GrantAsync("email:send");
        var opened = (await OpenAsync(world)).Value;

        Assert.Equal(PrincipalFailures.SessionInvalid, (await CheckAsync(world, grant.Token.Jwt)).Failure);
        Assert.Equal(TokenRefusal.Invalid, (await world.Get<CheckToken>().RunAsync(world.Caller, opened.Token, World.Ct)).Value.Reason);
        Assert.False((await world.Get<FindCaller>().RunAsync(opened.Token, World.Ct)).Succeeded);
    }

    private static Task<Result<OpenedSession>> OpenAsync(World world, TimeSpan? life = null) =>
        world.Get<OpenSession>().RunAsync(world.Caller, "ada", life, World.Ct);

    private static ValueTask<Result<PrincipalSession>> CheckAsync(World world, string token) => world.Get<CheckSession>().RunAsync(token, World.Ct);

    private static async Task<int> SweepAsync(World world)
    {
        await using var tx = await world.Db.BeginAsync(World.Ct);
        var swept = await PrincipalStore.SweepAsync(tx, world.Now, World.Ct);
        await tx.CommitAsync();
        return swept;
    }
}
