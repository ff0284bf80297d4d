using Credence.Keys;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.Tokens;

public sealed class VerifiedTokensTests
{
    private static GrantClaims Claims { get; } = new(
        "http://localhost", "ada", default, default, ["email:send"], default, default, default, default, null, null, null, 0);

    [Fact]
    public void What_was_kept_is_found_by_its_whole_text_alone()
    {
        var verified = new VerifiedTokens<GrantClaims>();
        verified.Keep("a.b.c", Claims, keys: 1);

        Assert.Same(Claims, verified.Find("a.b.c", keys: 1));
        Assert.Null(verified.Find("a.b.C", keys: 1));
    }

    [Fact]
    public void A_change_of_keys_forgets_everything()
    {
        var verified = new VerifiedTokens<GrantClaims>();
        verified.Keep("a.b.c", Claims, keys: 1);

        Assert.Null(verified.Find("a.b.c", keys: 2));
        verified.Keep("d.e.f", Claims, keys: 2);
        Assert.Null(verified.Find("a.b.c", keys: 2));
    }

    [Fact]
    public void However_many_tokens_come_only_so_many_are_kept_and_those_asked_for_stay()
    {
        var verified = new VerifiedTokens<GrantClaims>();
        verified.Keep("asked for", Claims, keys: 1);
        for (var number = 0; number < 5 * VerifiedTokens<GrantClaims>.Most; number++)
        {
            verified.Keep($"token {number}", Claims, keys: 1);
            Assert.NotNull(verified.Find("asked for", keys: 1));
        }

        var kept = Enumerable.Range(0, 5 * VerifiedTokens<GrantClaims>.Most).Count(number => verified.Find($"token {number}", keys: 1) is not null);
        Assert.InRange(kept, VerifiedTokens<GrantClaims>.Most / 2 - 2, VerifiedTokens<GrantClaims>.Most);
        verified.Keep(new string('x', 3000), Claims, keys: 1);
        Assert.Null(verified.Find(new string('x', 3000), keys: 1)); // too long to be kept
    }

    [Theory, EachEngine]
    public async Task A_token_seen_before_is_refused_once_it_is_revoked_or_has_expired(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (revoked, expired) = (await world.GrantAsync("email:send"), await world.GrantAsync("email:send"));
        Assert.Null(await world.RefusalAsync(revoked));
        Assert.Null(await world.RefusalAsync(expired));
        Assert.NotNull(world.Get<VerifiedTokens<GrantClaims>>().Find(revoked.Token.Jwt, world.Get<KeyRing>().Version));

        await world.RevokeAsync(revoked);
        Assert.Equal(TokenRefusal.Revoked, await world.RefusalAsync(revoked));
        var (other, _) = await world.OrganizationAsync("Other Co");
        Assert.Equal(TokenRefusal.WrongDeveloper, (await world.Get<CheckToken>().RunAsync(other, expired.Token.Jwt, World.Ct)).Value.Reason);
        world.Clock.Advance(TimeSpan.FromHours(24));
        await world.Revocations.CatchUpAsync(World.Ct);
        Assert.Equal(TokenRefusal.Expired, await world.RefusalAsync(expired));
    }
}
