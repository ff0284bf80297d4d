using Credence.Grants;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.Tokens;

public sealed class RefreshGrantTests
{
    [Theory, EachEngine]
    public async Task One_of_fifty_callers_gets_the_next_token(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var issued = await world.GrantAsync("calendar:read");

        var answers = await World.AllAtOnceAsync(50, _ => world.RefreshAsync(issued.Token.RefreshToken));

        Assert.Single(answers, answer => answer.Succeeded);
        Assert.All(answers.Where(answer => !answer.Succeeded), answer => Assert.Equal(TokenFailures.RefreshSpent, answer.Failure));
        Assert.Equal(2, await world.CountAsync($"select count(*) as n from refresh_tokens"));
        Assert.Equal(2, await world.CountAsync($"select count(*) as n from grant_tokens"));
        Assert.Null(await world.RefusalAsync(issued)); // a race is not a theft
    }

    [Theory, EachEngine]
    public async Task A_spent_token_that_comes_back_later_ends_the_grant_and_all_below_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var first = await world.GrantAsync("calendar:read", "email:send");
        var second = (await world.RefreshAsync(first.Token.RefreshToken)).Value;
        var child = (await world.DelegateAsync(second, await world.AgentAsync("helper"), "email:send")).Value;

        world.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TokenFailures.RefreshSpent, (await world.RefreshAsync(first.Token.RefreshToken)).Failure);
        Assert.Null(await world.RefusalAsync(second));

        world.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(TokenFailures.RefreshSpent, (await world.RefreshAsync(first.Token.RefreshToken)).Failure);
        Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(second));
        Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(child));
        Assert.Equal(TokenFailures.GrantRevoked, (await world.RefreshAsync(second.Token.RefreshToken)).Failure);
    }

    [Theory, EachEngine]
    public async Task Refreshing_never_extends_a_grant(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var code = await world.ApproveAsync(await world.AskAsync(["calendar:read"], TimeSpan.FromHours(1), audience: "https://api.example.test"));
        var first = (await world.ExchangeAsync(code)).Value;

        world.Clock.Advance(TimeSpan.FromMinutes(30));
        var second = (await world.RefreshAsync(first.Token.RefreshToken)).Value;

        Assert.Equal(first.Grant.ExpiresAt, second.Grant.ExpiresAt);
        Assert.Equal(first.Grant.ExpiresAt.ToUnixTimeSeconds(), second.Token.Claims.ExpiresAt.ToUnixTimeSeconds());
        Assert.Equal("https://api.example.test", second.Token.Claims.Audience);
        world.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(TokenFailures.RefreshExpired, (await world.RefreshAsync(second.Token.RefreshToken)).Failure);
    }

    [Theory, EachEngine]
    public async Task Revoking_and_refreshing_at_once_leave_no_live_token(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        for (var round = 0; round < 10; round++)
        {
            var issued = await world.GrantAsync("calendar:read");
            var refresh = world.RefreshAsync(issued.Token.RefreshToken);
            var revoke = world.RevokeAsync(issued);
            await Task.WhenAll(refresh, revoke);

            Assert.True((await revoke).Succeeded);
            if ((await refresh).Succeeded) Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync((await refresh).Value));
        }
    }

    [Theory, EachEngine]
    public async Task A_refresh_waits_for_a_revocation_that_is_under_way_and_then_fails(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var issued = await world.GrantAsync("calendar:read");
        await using var revoking = await world.Db.BeginAsync(World.Ct);
        await GrantStore.HoldTreeAsync(revoking, world.Caller.Organization, issued.Grant.Id, World.Ct);
        await GrantStore.RevokeTreeAsync(revoking, issued.Grant.Id, "test", world.Now, World.Ct);

        var refreshing = Task.Run(() => world.RefreshAsync(issued.Token.RefreshToken), World.Ct);
        await Task.WhenAny(refreshing, Task.Delay(TimeSpan.FromMilliseconds(500), World.Ct));
        Assert.False(refreshing.IsCompleted);
        await revoking.CommitAsync();
        await revoking.DisposeAsync();

        Assert.Equal(TokenFailures.GrantRevoked, (await refreshing).Failure);
    }
}
