using Credence.Federation;
using Credence.Issuers;
using Credence.Keys;
using Credence.Outgoing;
using Credence.Storage;
using Credence.Telemetry;
using Credence.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Credence.Tests.Federation;

public sealed class PartnerTests
{
    [Theory, EachEngine]
    public async Task Suspending_changing_and_removing_a_partner_counts_at_once_on_every_node(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        await using var issuer = await IssuerStandIn.StartAsync();
        var partner = (await world.RegisterAsync(issuer)).Value;
        Assert.True(await other.IsGoodAsync(issuer.Token(world.Now)));

        Assert.Equal(PartnerStatus.Suspended, (await world.ChangeAsync(partner, status: PartnerStatus.Suspended)).Value.Status);
        Assert.False(await other.IsGoodAsync(issuer.Token(world.Now)));
        await world.ChangeAsync(partner, status: PartnerStatus.Active);
        Assert.True(await other.IsGoodAsync(issuer.Token(world.Now)));

        issuer.Published.Clear();
        issuer.Published.Add(SigningKey.Generate(KeyAlgorithm.ES256));
        await world.ChangeAsync(partner, name: "renamed");
        Assert.False(await other.IsGoodAsync(issuer.Token(world.Now))); // what it knew of the keys was dropped
        issuer.Published.Add(issuer.Key);
        await world.ChangeAsync(partner, allowed: ["org-1"]);
        Assert.False(await other.IsGoodAsync(issuer.Token(world.Now)));
        Assert.False(await other.IsGoodAsync(issuer.Token(world.Now, ("organization_id", "org-2"))));
        Assert.True(await other.IsGoodAsync(issuer.Token(world.Now, ("organization_id", "org-1"))));

        Assert.True((await world.Get<RemovePartner>().RunAsync(world.Admin(), partner.Id, World.Ct)).Succeeded);
        Assert.False(await other.IsGoodAsync(issuer.Token(world.Now, ("organization_id", "org-1"))));
        Assert.Equal(FederationFailures.NotFound, (await world.Get<RemovePartner>().RunAsync(world.Admin(), partner.Id, World.Ct)).Failure);
        Assert.Equal(FederationFailures.NotFound, (await world.ChangeAsync(partner, name: "x")).Failure);
    }

    [Theory, EachEngine]
    public async Task An_expired_partner_is_refused_noted_once_and_active_again_with_a_new_end(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var issuer = await IssuerStandIn.StartAsync();
        var partner = (await world.RegisterAsync(issuer, world.Now.AddHours(1))).Value;
        Assert.True(await world.IsGoodAsync(issuer.Token(world.Now)));

        world.Clock.Advance(TimeSpan.FromHours(1));
        Assert.False(await world.IsGoodAsync(issuer.Token(world.Now)));
        Assert.Equal(1, await PartnerStore.CountAsync(world.Db, PartnerStatus.Expired, world.Now, World.Ct));
        Assert.Equal(0, await PartnerStore.CountAsync(world.Db, PartnerStatus.Active, world.Now, World.Ct));
        await world.Get<ExpirePartners>().RunAsync(World.Ct);
        Assert.Equal(PartnerStatus.Expired, (await PartnerStore.FindAsync(world.Db, partner.Id, World.Ct))!.Status);
        Assert.Equal(1, await PartnerStore.CountAsync(world.Db, PartnerStatus.Expired, world.Now, World.Ct));

        Assert.Equal(PartnerStatus.Active, (await world.ChangeAsync(partner, ends: world.Now.AddHours(1))).Value.StatusAt(world.Now));
        Assert.True(await world.IsGoodAsync(issuer.Token(world.Now)));
    }

    [Theory, EachEngine]
    public async Task A_partner_is_taken_in_only_with_keys_that_can_be_had(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var issuer = await IssuerStandIn.StartAsync();
        await using var hidden = await IssuerStandIn.StartAsync();

        foreach (var (publish, why) in new (Func<HttpContext, Task>, string)[]
        {
            (Receiver.Status(500), "an error"),
            (context => Text(context, new string(' ', 257 * 1024)), "too large"),
            (context => Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted), "too slow"),
            (context => Redirect(context, hidden.JwksUri), "a redirect"),
            (context => Text(context, "{}"), "no key set"),
            (context => Text(context, """{"keys":[]}"""), "no keys"),
            (context => Text(context, """{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"""), "a shared secret"),
            (context => Text(context, """{"keys":[{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}"""), "no point of the curve"),
            (context => Text(context, "<html>"), "no JSON"),
        })
        {
            issuer.Publish = publish;
            var refused = await world.RegisterAsync(issuer);
            Assert.Equal("PARTNER_JWKS_UNREACHABLE", refused.Failure?.Code);
            Assert.True(refused.Failure!.Kind == FailureKind.Unprocessable, why);
        }

        Assert.Equal(0, hidden.Asked);
        issuer.Publish = null;
        Assert.True((await world.RegisterAsync(issuer)).Succeeded);
        var asked = issuer.Asked;
        Assert.Equal(FederationFailures.AlreadyThere, (await world.RegisterAsync(issuer)).Failure);
        Assert.Equal(asked, issuer.Asked);
    }

    [Theory, EachEngine]
    public async Task Keys_in_private_space_are_neither_fetched_at_registration_nor_later(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var issuer = await IssuerStandIn.StartAsync();
        await world.RegisterAsync(issuer);
        var asked = issuer.Asked;
        using var strict = new IssuerKeys(
            new OutgoingClient(new OutgoingRules(AllowHttp: true, AllowPrivate: false)), new IssuerOptions(), world.Get<Metrics>(), world.Clock, NullLogger<IssuerKeys>.Instance);

        Assert.Equal("OUTGOING_FAILED", (await strict.FetchAsync(issuer.JwksUri.Replace("127.0.0.1", "localtest.invalid", StringComparison.Ordinal), World.Ct)).Failure?.Code);
        Assert.False((await strict.FetchAsync(issuer.JwksUri, World.Ct)).Succeeded);
        Assert.Null(await strict.FindAsync(new KeySource(issuer.JwksUri, "1"), issuer.Key.Kid, KeyAlgorithm.ES256, World.Ct));
        Assert.Equal(asked, issuer.Asked);
    }

    [Theory, EachEngine]
    public async Task Of_many_who_register_one_issuer_one_does(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var issuer = await IssuerStandIn.StartAsync();

        var answers = await World.AllAtOnceAsync(20, _ => world.RegisterAsync(issuer));

        Assert.Single(answers, answer => answer.Succeeded);
        Assert.All(answers, answer => Assert.True(answer.Succeeded || answer.Failure == FederationFailures.AlreadyThere));
    }

    private static Task Text(HttpContext context, string text)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(text);
    }

    private static Task Redirect(HttpContext context, string to)
    {
        context.Response.Redirect(to);
        return Task.CompletedTask;
    }
}
