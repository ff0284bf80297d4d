using Credence.Administration;
using Credence.Gateways;
using Credence.SignIn;
using Credence.Storage;
using Credence.Tests.SignIn;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.Gateways;

/// <summary>What a signed-in browser shows to proxies (contract standards 11; decision 0045).</summary>
public sealed class OpenVisitTests
{
    [Theory, EachEngine]
    public async Task A_visit_says_who_comes_and_with_which_roles_and_is_good_for_nothing_else(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var person = await world.PersonAsync();
        Assert.True((await world.Get<GrantRole>().RunAsync("tests", person, "ADMIN", World.Ct)).Succeeded);
        var (check, options) = (world.Get<CheckPersonToken>(), world.Get<TokenOptions>());
        options.PersonTokenLife = TimeSpan.FromSeconds(10); // news of revocations is good for longer
        var (signed, tokens) = await EnterAsync(world);
        var visit = await OpenAsync(world, signed);
        Assert.Equal(TokenKinds.Visit, TokenSort.Of(visit.Jwt, options));
        Assert.Equal(TokenKinds.Person, TokenSort.Of(tokens.Jwt, options));

        foreach (var _ in new[] { "verified", "remembered" })
        {
            var claims = (await check.VisitAsync(visit.Jwt, World.Ct)).Value;
            Assert.Equal((person, signed.Session.Id, "ADMIN"), (claims.Person, claims.Session, claims.Roles[0].Identifier));
            Assert.Equal(CheckPersonToken.Invalid, (await check.RunAsync(visit.Jwt, World.Ct)).Failure);
            Assert.True((await check.RunAsync(tokens.Jwt, World.Ct)).Succeeded);
            Assert.Equal(CheckPersonToken.Invalid, (await check.VisitAsync(tokens.Jwt, World.Ct)).Failure);
        }

        Assert.DoesNotContain(visit.Jwt, visit.ToString(), StringComparison.Ordinal);
        world.Clock.Advance(options.PersonTokenLife);
        Assert.Equal(CheckPersonToken.Invalid, (await check.VisitAsync(visit.Jwt, World.Ct)).Failure);
    }

    [Theory, EachEngine]
    public async Task A_visit_ends_with_its_session_on_the_node_that_ended_it_and_no_later_than_the_session_may_last(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.PersonAsync();
        var (signed, _) = await EnterAsync(world);
        var (other, _) = await EnterAsync(world);
        var (visit, others) = (await OpenAsync(world, signed), await OpenAsync(world, other));
        var check = world.Get<CheckPersonToken>();
        Assert.True((await check.VisitAsync(visit.Jwt, World.Ct)).Succeeded);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await world.Get<SignOut>().RunAsync(signed.Caller(PeopleInWorld.Here), signed.Session.Id, World.Ct);
        Assert.False((await check.VisitAsync(visit.Jwt, World.Ct)).Succeeded);
        Assert.True((await check.VisitAsync(others.Jwt, World.Ct)).Succeeded);
        await world.DeleteAsync(other.Person.Id);
        Assert.False((await check.VisitAsync(others.Jwt, World.Ct)).Succeeded);

        var nearlyOver = signed with { Session = signed.Session with { ExpiresAt = world.Now.AddMinutes(1) } };
        Assert.Equal(world.Now.AddMinutes(1), (await OpenAsync(world, nearlyOver)).ExpiresAt);
    }

    private static Task<Visit> OpenAsync(World world, BrowserSession signed) => world.Get<OpenVisit>().RunAsync(signed, World.Ct);

    private static async Task<(BrowserSession Signed, SignedIn Tokens)> EnterAsync(World world)
    {
        var tokens = (await world.SignInAsync()).Value;
        return ((await world.Get<FindBrowserSession>().RunAsync(tokens.RefreshToken, World.Ct))!, tokens);
    }
}
