using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.Tokens;

public sealed class ExchangeCodeTests
{
    [Theory, EachEngine]
    public async Task One_of_fifty_callers_gets_the_grant(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var code = await world.CodeAsync("calendar:read");

        var answers = await World.AllAtOnceAsync(50, _ => world.ExchangeAsync(code));

        Assert.Single(answers, answer => answer.Succeeded);
        Assert.All(answers.Where(answer => !answer.Succeeded), answer => Assert.Equal(TokenFailures.CodeSpent, answer.Failure));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from grants"));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from refresh_tokens"));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from events where type = 'grant.created'"));
    }

    [Theory, EachEngine]
    public async Task A_refused_verifier_leaves_the_code_usable(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        // RFC 7636 appendix B
        var code = await world.ApproveAsync(await world.AskAsync(["calendar:read"], challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));

        Assert.Equal(TokenFailures.VerifierMissing, (await world.ExchangeAsync(code)).Failure);
        Assert.Equal(TokenFailures.VerifierWrong, (await world.ExchangeAsync(code, new string('a', 43))).Failure);
        Assert.True((await world.ExchangeAsync(code, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")).Succeeded);
    }

    [Theory, EachEngine]
    public async Task A_code_works_for_its_agent_in_its_organization_until_it_expires(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var other = await world.AgentAsync("other", "calendar:read");
        var (stranger, _) = await world.OrganizationAsync("Stranger Ltd");
        var code = await world.ApproveAsync(await world.AskAsync(["calendar:read"], TimeSpan.FromMinutes(5)));
        var exchange = world.Get<ExchangeCode>();

        Assert.Equal(TokenFailures.CodeInvalid, (await exchange.RunAsync(world.Caller, new(code, other.Id.ToString(), null), World.Ct)).Failure);
        Assert.Equal(TokenFailures.CodeInvalid, (await exchange.RunAsync(stranger, new(code, world.Agent.Id.ToString(), null), World.Ct)).Failure);
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(TokenFailures.CodeExpired, (await world.ExchangeAsync(code)).Failure);
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from grants"));
    }

    [Theory, EachEngine]
    public async Task Nothing_a_database_holds_is_a_usable_secret(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var code = await world.CodeAsync("calendar:read");
        var issued = (await world.ExchangeAsync(code)).Value;

        foreach (var secret in new[] { code, issued.Token.RefreshToken, world.ApiKey })
        {
            Assert.Equal(0, await world.CountAsync($"select count(*) as n from api_keys where hash = {secret}"));
            Assert.Equal(0, await world.CountAsync($"select count(*) as n from refresh_tokens where hash = {secret}"));
            Assert.Equal(0, await world.CountAsync($"select count(*) as n from consent_requests where code_hash = {secret}"));
            Assert.Equal(0, await world.CountAsync($"select count(*) as n from audit_pending where body like {"%" + secret + "%"}"));
            Assert.Equal(0, await world.CountAsync($"select count(*) as n from events where data like {"%" + secret + "%"}"));
        }
    }
}
