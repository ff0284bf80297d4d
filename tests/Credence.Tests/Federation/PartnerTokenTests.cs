using System.Text;
using Credence.Issuers;
using Credence.Keys;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Federation;

public sealed class PartnerTokenTests
{
    private const string Here = "http://localhost:3001";
    private static readonly string[] Several = ["https://one.example", "https://elsewhere.example"];

    [Theory, EachEngine]
    public async Task A_partners_token_is_believed_and_its_keys_are_fetched_once_an_hour(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var issuer = await IssuerStandIn.StartAsync();
        var partner = (await world.RegisterAsync(issuer)).Value;
        var asked = issuer.Asked;

        var good = (await world.CheckAsync(issuer.Token(world.Now, ("sub", "robot"), ("aud", Here)))).Value;
        Assert.Equal("robot", good.Text("sub"));
        for (var at = 0; at < 3; at++) Assert.True(await world.IsGoodAsync(issuer.Token(world.Now)));
        Assert.Equal(asked + 1, issuer.Asked);

        world.Clock.Advance(IssuerKeys.Life);
        Assert.True(await world.IsGoodAsync(issuer.Token(world.Now)));
        Assert.Equal(asked + 2, issuer.Asked);
        Assert.Equal(1, await world.AuditedAsync("federation.partner_registered", partner.Id.ToString()));
    }

    [Theory, EachEngine]
    public async Task What_is_not_a_partners_good_token_is_refused(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var issuer = await IssuerStandIn.StartAsync();
        await using var stranger = await IssuerStandIn.StartAsync();
        await world.RegisterAsync(issuer);
        Assert.True(await world.IsGoodAsync(issuer.Token(world.Now)));
        var good = issuer.Token(world.Now, ("sub", "robot"));
        var parts = good.Split('.');

        foreach (var (bad, why) in new[]
        {
            (stranger.Token(world.Now), "another issuer"),
            (stranger.Token(world.Now, ("iss", issuer.Issuer)), "a partner's name over a stranger's key"),
            (issuer.Token(world.Now, ("iss", issuer.Issuer + "/")), "another spelling of the issuer"),
            (issuer.Token(world.Now, ("aud", "https://elsewhere.example")), "another audience"),
            (issuer.Token(world.Now, ("exp", world.Now.ToUnixTimeSeconds())), "over"),
            (issuer.Token(world.Now, ("exp", null)), "without an end"),
            (issuer.Token(world.Now, ("exp", "tomorrow")), "with an end that is no number"),
            (issuer.Token(world.Now, ("nbf", world.Now.AddMinutes(2).ToUnixTimeSeconds())), "before its time"),
            (issuer.Token(world.Now, ("iat", world.Now.AddMinutes(2).ToUnixTimeSeconds())), "from the future"),
            (IssuerStandIn.Sign(SigningKey.Generate(KeyAlgorithm.EdDSA), new() { ["iss"] = issuer.Issuer, ["exp"] = world.Now.AddMinutes(5).ToUnixTimeSeconds() }), "EdDSA"),
            ($"{parts[0]}.{parts[1]}.{new string('A', 86)}", "a signature of nothing"),
            ($"{parts[0]}.{parts[1]}.", "no signature"),
            ($"{Base64("""{"alg":"none"}""")}.{parts[1]}.", "alg none"),
            ($"{Base64("""{"alg":"ES256","crit":["b64"],"b64":false}""")}.{parts[1]}.{parts[2]}", "crit"),
            ($"{parts[0]}.{Base64("[]")}.{parts[2]}", "no object"),
            ($"{parts[0]}.{Base64("{\"iss\":\"\\ud800\"}")}.{parts[2]}", "a text that is no Unicode"),
            ($"{parts[0]}.{Base64("{\"iss\":\"x\",\"\\ud800\":1}")}.{parts[2]}", "a name that is no Unicode"),
            ($"{parts[0]}.{Base64($"{{\"iss\":\"{issuer.Issuer}\",\"iss\":\"x\"}}")}.{parts[2]}", "a claim twice"),
            (new string('a', 9000), "too long"),
            ("", "nothing"),
        })
        {
            Assert.False(await world.IsGoodAsync(bad), why);
        }

        Assert.True(await world.IsGoodAsync(good));
        Assert.True(await world.IsGoodAsync(issuer.Token(world.Now, ("aud", Several)), "https://elsewhere.example"));
        Assert.False(await world.IsGoodAsync(issuer.Token(world.Now, ("aud", Here)), "https://elsewhere.example"));
        Assert.False(await world.IsGoodAsync(issuer.Token(world.Now), "https://elsewhere.example"));
    }

    [Theory, EachEngine]
    public async Task A_rotated_key_is_found_and_an_unknown_one_is_asked_for_once_a_minute(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var issuer = await IssuerStandIn.StartAsync();
        await world.RegisterAsync(issuer);
        Assert.True(await world.IsGoodAsync(issuer.Token(world.Now)));
        var old = issuer.Token(world.Now);

        issuer.Key = SigningKey.Generate(KeyAlgorithm.RS256);
        issuer.Published.Add(issuer.Key);
        var asked = issuer.Asked;
        world.Clock.Advance(IssuerKeys.Pause);
        Assert.True(await world.IsGoodAsync(issuer.Token(world.Now)));
        Assert.True(await world.IsGoodAsync(old));
        Assert.Equal(asked + 1, issuer.Asked);

        issuer.Key = SigningKey.Generate(KeyAlgorithm.ES256);
        world.Clock.Advance(IssuerKeys.Pause);
        var unknown = issuer.Token(world.Now);
        var answers = await World.AllAtOnceAsync(30, _ => world.IsGoodAsync(unknown));
        Assert.DoesNotContain(true, answers);
        Assert.Equal(asked + 2, issuer.Asked);
    }

    [Theory, EachEngine]
    public async Task A_withdrawn_key_counts_for_an_hour_at_most_and_a_partner_whose_keys_are_away_for_no_longer(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var issuer = await IssuerStandIn.StartAsync();
        await world.RegisterAsync(issuer);
        Assert.True(await world.IsGoodAsync(issuer.Token(world.Now)));

        issuer.Publish = Receiver.Status(500);
        world.Clock.Advance(IssuerKeys.Life - TimeSpan.FromSeconds(1));
        Assert.True(await world.IsGoodAsync(issuer.Token(world.Now)));
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await world.IsGoodAsync(issuer.Token(world.Now)));
        issuer.Publish = null;
        world.Clock.Advance(IssuerKeys.Pause);
        Assert.True(await world.IsGoodAsync(issuer.Token(world.Now)));
    }

    private static string Base64(string text) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
