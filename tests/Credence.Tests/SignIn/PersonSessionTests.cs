using Credence.People;
using Credence.SignIn;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.SignIn;

public sealed class PersonSessionTests
{
    [Theory, EachEngine]
    public async Task A_session_goes_on_with_the_next_token_each_time(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.PersonAsync();
        var first = (await world.SignInAsync()).Value;
        world.Clock.Advance(TimeSpan.FromDays(29));
        await world.Revocations.CatchUpAsync(World.Ct);
        var second = (await RefreshAsync(world, first)).Value;

        Assert.Equal((first.Claims.Person, first.Claims.Session, "shop"), (second.Claims.Person, second.Claims.Session, second.Claims.ClientId));
        Assert.NotEqual(first.RefreshToken, second.RefreshToken);
        Assert.Null(await world.RefusalAsync(second));
        Assert.Equal(world.Now, (await PersonSessionStore.FindAsync(world.Db, first.Claims.Session, World.Ct))!.LastSeenAt);
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from person_refresh_tokens where hash = {second.RefreshToken}"));
    }

    [Theory, EachEngine]
    public async Task It_ends_after_thirty_idle_days_and_after_ninety_whatever_is_done(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.PersonAsync();
        var idle = (await world.SignInAsync()).Value;
        var busy = (await world.SignInAsync()).Value;
        var begun = world.Now;
        for (var month = 1; month < 4; month++)
        {
            world.Clock.Advance(TimeSpan.FromDays(29));
            busy = (await RefreshAsync(world, busy)).Value;
        }

        Assert.Equal(begun + TimeSpan.FromDays(90), busy.RefreshExpiresAt);
        Assert.Equal(SignInFailures.RefreshInvalid, (await RefreshAsync(world, idle)).Failure);
        world.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Equal(SignInFailures.RefreshInvalid, (await RefreshAsync(world, busy)).Failure);
        Assert.Equal(SignInFailures.RefreshInvalid, (await world.Get<RefreshSession>().RunAsync("crt_unknown", PeopleInWorld.Here, World.Ct)).Failure);

        world.Clock.Advance(TimeSpan.FromDays(2));
        await using var tx = await world.Db.BeginAsync(World.Ct);
        Assert.Equal(2, await PersonSessionStore.SweepAsync(tx, world.Now, World.Ct));
        await tx.CommitAsync();
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from person_refresh_tokens"));
    }

    [Theory, EachEngine]
    public async Task Of_thirty_who_refresh_with_one_token_one_wins_and_the_others_end_the_session(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        await world.PersonAsync();
        var first = (await world.SignInAsync()).Value;
        var got = await World.AllAtOnceAsync(30, number => RefreshAsync(number % 2 == 0 ? world : node, first));

        var won = Assert.Single(got, one => one.Succeeded).Value;
        Assert.All(got.Where(one => !one.Succeeded), one => Assert.Equal(SignInFailures.RefreshReused, one.Failure));
        Assert.Equal(SignInFailures.RefreshInvalid, (await RefreshAsync(world, won)).Failure);
        foreach (var each in new[] { world, node })
        {
            await each.Revocations.CatchUpAsync(World.Ct);
            Assert.NotNull(await each.RefusalAsync(first));
            Assert.NotNull(await each.RefusalAsync(won));
        }

        Assert.Equal(1, await world.AuditedAsync("person_session.reuse_detected", first.Claims.Session.ToString()));
    }

    [Theory, EachEngine]
    public async Task Whoever_signs_out_is_out_on_every_node_and_only_here(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        await world.PersonAsync();
        await world.PersonAsync("bob1");
        var (here, there, other) = ((await world.SignInAsync()).Value, (await world.SignInAsync()).Value, (await world.SignInAsync("bob1")).Value);

        Assert.Equal(PeopleFailures.SessionNotFound, (await world.Get<SignOut>().RunAsync(other.ToCaller(), here.Claims.Session, World.Ct)).Failure);
        var ended = await World.AllAtOnceAsync(20, _ => world.Get<SignOut>().RunAsync(here.ToCaller(), here.Claims.Session, World.Ct));
        Assert.Single(ended, one => one.Succeeded);
        await node.Revocations.CatchUpAsync(World.Ct);
        foreach (var each in new[] { world, node })
        {
            Assert.NotNull(await each.RefusalAsync(here));
            Assert.Null(await each.RefusalAsync(there));
            Assert.Null(await each.RefusalAsync(other));
        }

        Assert.Equal(SignInFailures.RefreshInvalid, (await RefreshAsync(world, here)).Failure);
        Assert.Equal(1, await world.Get<SignOut>().AllAsync(there.ToCaller(), World.Ct));
        Assert.NotNull(await world.RefusalAsync(there));
        Assert.Null(await world.RefusalAsync(other));
    }

    [Theory, EachEngine]
    public async Task Another_password_ends_the_other_sessions_and_is_the_only_one_then(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.PersonAsync();
        var (here, there) = ((await world.SignInAsync()).Value, (await world.SignInAsync()).Value);
        var change = world.Get<ChangePassword>();

        var wrong = await change.RunAsync(here.ToCaller(), new ChangePassword.Input("wrong", "twelve drummers", "192.0.2.1"), World.Ct);
        Assert.Equal(SignInFailures.InvalidCredentials, wrong.Failure);
        var changed = await World.AllAtOnceAsync(
            5, number => change.RunAsync(here.ToCaller(), new ChangePassword.Input(PeopleInWorld.Password, $"twelve drummers {number}", "192.0.2.1"), World.Ct));
        Assert.Single(changed, one => one.Succeeded);
        Assert.Equal(1, changed.Single(one => one.Succeeded).Value);
        Assert.Null(await world.RefusalAsync(here));
        Assert.NotNull(await world.RefusalAsync(there));
        Assert.Equal(SignInFailures.InvalidCredentials, (await world.SignInAsync()).Failure);
        var number = Array.FindIndex(changed, one => one.Succeeded);
        Assert.True((await world.SignInAsync(password: $"twelve drummers {number}")).Succeeded);
        Assert.Equal(1, await world.AuditedAsync("person.password_changed", here.Claims.Person.ToString()));
    }

    private static Task<Result<SignedIn>> RefreshAsync(World world, SignedIn signed) =>
        world.Get<RefreshSession>().RunAsync(signed.RefreshToken, PeopleInWorld.Here, World.Ct);
}
