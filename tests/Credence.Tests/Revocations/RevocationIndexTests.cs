using Credence.Revocations;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.Revocations;

public sealed class RevocationIndexTests
{
    [Theory, EachEngine]
    public async Task Another_node_knows_when_it_has_caught_up_and_a_new_one_from_the_start(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        var grant = await world.GrantAsync("email:send");
        await world.RevokeAsync(grant);

        Assert.Null(await other.RefusalAsync(grant));
        await other.Revocations.CatchUpAsync(World.Ct);
        Assert.Equal(TokenRefusal.Revoked, await other.RefusalAsync(grant));
        await using var late = await world.NodeAsync();
        Assert.Equal(TokenRefusal.Revoked, await late.RefusalAsync(grant));
    }

    [Theory, EachEngine]
    public async Task A_node_that_cannot_catch_up_vouches_for_nothing_after_thirty_seconds(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var grant = await world.GrantAsync("email:send");

        world.Clock.Advance(RevocationIndex.StaleAfter);
        Assert.True((await world.Get<CheckToken>().RunAsync(world.Caller, grant.Token.Jwt, World.Ct)).Succeeded);
        world.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(TokenFailures.Unsure, (await world.Get<CheckToken>().RunAsync(world.Caller, grant.Token.Jwt, World.Ct)).Failure);
    }

    [Theory, EachEngine]
    public async Task A_follower_misses_nothing_that_many_writers_commit(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        using var done = new CancellationTokenSource();
        var following = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested) await other.Revocations.CatchUpAsync(CancellationToken.None);
        }, World.Ct);

        await World.AllAtOnceAsync(200, async number =>
        {
            await using var tx = await world.Db.BeginAsync(World.Ct);
            await RevocationStore.AddAsync(tx, [Revocation.Of(RevocationKind.Token, Id<GrantToken>.New(world.Now).ToString(), world.Now.AddHours(1))], World.Ct);
            await tx.CommitAsync();
            return number;
        });
        await done.CancelAsync();
        await following;
        await other.Revocations.CatchUpAsync(World.Ct);

        Assert.Equal(200, other.Revocations.Count);
    }

    [Theory, EachEngine]
    public async Task A_revoked_token_leaves_the_grants_other_tokens_alone(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var first = await world.GrantAsync("email:send");
        var second = (await world.RefreshAsync(first.Token.RefreshToken)).Value;
        var revoke = world.Get<RevokeToken>();

        Assert.True((await revoke.RunAsync(world.Caller, first.Token.Claims.Token, World.Ct)).Succeeded);
        Assert.Equal(TokenFailures.NotFound, (await revoke.RunAsync(world.Caller, first.Token.Claims.Token, World.Ct)).Failure);
        Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(first));
        Assert.Null(await world.RefusalAsync(second));
    }

    [Theory, EachEngine]
    public async Task What_expired_is_forgotten(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.RevokeAsync(await world.GrantAsync("email:send"));
        Assert.Equal(1, world.Revocations.Count);

        world.Clock.Advance(TimeSpan.FromHours(25));
        world.Revocations.Sweep();
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            await RevocationStore.SweepAsync(tx, world.Now, World.Ct);
            await tx.CommitAsync();
        }

        Assert.Equal(0, world.Revocations.Count);
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from revocations"));
    }
}
