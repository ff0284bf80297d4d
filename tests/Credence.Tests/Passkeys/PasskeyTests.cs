using System.Security.Cryptography;
using System.Text;
using Credence.Consent;
using Credence.Organizations;
using Credence.Passkeys;
using Credence.Principals;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Passkeys;

public sealed class PasskeyTests
{
    private static PasskeyOwner Ada(World world) => new(world.Caller.Organization.ToString(), "ada");

    private static async Task<World> StrictAsync(EngineKind engine)
    {
        var world = await World.OnAsync(engine);
        await world.Get<ChangeOrganization>().RunAsync(world.Caller, new(true, null, null, null), World.Ct);
        return world;
    }

    private static async Task<PrincipalSession> SessionAsync(World world) =>
        (await world.Get<OpenSession>().RunAsync(world.Caller, "ada", null, World.Ct)).Value.Session;

    private static async Task<Passkey> EnrolAsync(World world, SoftAuthenticator device)
    {
        var session = await SessionAsync(world);
        var begun = (await world.Get<OwnPasskeys>().BeginAsync(session, World.Ct)).Value;
        return (await world.Get<OwnPasskeys>().FinishAsync(session, begun.Challenge.Id, device.Made(begun), "Phone", World.Ct)).Value;
    }

    private static async Task<Result<Id<ConsentRequest>>> ProveAsync(World world, ConsentRequest request, SoftAuthenticator device)
    {
        var begun = (await world.Get<ProveConsent>().BeginAsync(request.Id, World.Ct)).Value;
        return await world.Get<ProveConsent>().FinishAsync(begun.Challenge.Id, device.Used(begun), request.Id, World.Ct);
    }

    [Theory, EachEngine]
    public async Task Of_fifty_on_two_nodes_who_answer_one_challenge_one_enrols_and_one_proves(EngineKind engine)
    {
        await using var world = await StrictAsync(engine);
        await using var other = await world.NodeAsync();
        using var device = new SoftAuthenticator();
        var session = await SessionAsync(world);
        var begun = (await world.Get<OwnPasskeys>().BeginAsync(session, World.Ct)).Value;
        var response = device.Made(begun);
        var made = await World.AllAtOnceAsync(50, at => Node(at).Get<OwnPasskeys>().FinishAsync(session, begun.Challenge.Id, response, null, World.Ct));
        Assert.Single(made, one => one.Succeeded);
        Assert.Equal(49, made.Count(one => one.Failure == PasskeyFailures.ChallengeOver));

        var request = await world.AskAsync(["email:send"]);
        var asked = (await world.Get<ProveConsent>().BeginAsync(request.Id, World.Ct)).Value;
        var used = device.Used(asked);
        var proven = await World.AllAtOnceAsync(50, at => Node(at).Get<ProveConsent>().FinishAsync(asked.Challenge.Id, used, null, World.Ct));
        Assert.Single(proven, one => one.Succeeded);

        World Node(int at) => at % 2 == 0 ? world : other;
    }

    [Theory, EachEngine]
    public async Task A_counter_goes_on_once_for_each_count_and_never_back(EngineKind engine)
    {
        await using var world = await StrictAsync(engine);
        using var device = new SoftAuthenticator();
        var passkey = await EnrolAsync(world, device);

        var same = await World.AllAtOnceAsync(30, _ => UseAsync(5));
        Assert.Single(same, went => went);
        var rising = await World.AllAtOnceAsync(30, at => UseAsync(10 + at));
        Assert.Contains(true, rising);
        Assert.Equal(39, (await PasskeyStore.FindAsync(world.Db, passkey.Owner.Realm, passkey.CredentialId, World.Ct))!.SignCount);
        Assert.False(await UseAsync(39));
        Assert.False(await UseAsync(0));

        async Task<bool> UseAsync(long count)
        {
            await using var tx = await world.Db.BeginAsync(World.Ct);
            var went = await PasskeyStore.UseAsync(tx, passkey.Id, count, backedUp: false, world.Now, World.Ct);
            await tx.CommitAsync();
            return went;
        }
    }

    [Theory, EachEngine]
    public async Task A_challenge_and_a_proof_hold_for_five_minutes(EngineKind engine)
    {
        await using var world = await StrictAsync(engine);
        using var device = new SoftAuthenticator();
        await EnrolAsync(world, device);
        var request = await world.AskAsync(["email:send"]);
        var begun = (await world.Get<ProveConsent>().BeginAsync(request.Id, World.Ct)).Value;
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(PasskeyFailures.ChallengeOver, (await world.Get<ProveConsent>().FinishAsync(begun.Challenge.Id, device.Used(begun), null, World.Ct)).Failure);

        Assert.True((await ProveAsync(world, request, device)).Succeeded);
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("FIDO_REQUIRED", (await world.Get<DecideConsent>().ApproveAsync(request.Id, ConsentProof.Link, World.Ct)).Failure!.Code);

        Assert.True((await ProveAsync(world, request, device)).Succeeded);
        world.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        Assert.True((await world.Get<DecideConsent>().ApproveAsync(request.Id, ConsentProof.Link, World.Ct)).Succeeded);

        await using var tx = await world.Db.BeginAsync(World.Ct);
        Assert.Equal(0, await PasskeyStore.SweepAsync(tx, begun.Challenge.ExpiresAt - TimeSpan.FromMilliseconds(1), World.Ct));
        Assert.Equal(1, await PasskeyStore.SweepAsync(tx, begun.Challenge.ExpiresAt, World.Ct)); // the one that came too late; the others were spent
    }

    [Theory, EachEngine]
    public async Task What_was_signed_stays_with_the_grant_and_anybody_can_check_it(EngineKind engine)
    {
        await using var world = await StrictAsync(engine);
        using var device = new SoftAuthenticator();
        var passkey = await EnrolAsync(world, device);
        var request = await world.AskAsync(["email:send", "calendar:read"]);
        Assert.True((await ProveAsync(world, request, device)).Succeeded);
        var grant = (await world.ExchangeAsync(await world.ApproveAsync(request))).Value.Grant;
        Assert.Equal(ConsentProof.Passkey, grant.Proof);
        await world.Get<RemovePasskey>().RunAsync(passkey.Owner.Realm, null, passkey.Id, "test", World.Ct);

        var kept = (await world.Db.FirstAsync(
            $"select * from consent_evidence where grant_id = {grant.Id}",
            row => new
            {
                Statement = row.Text("statement"),
                Key = row.Bytes("public_key"),
                Client = row.Bytes("client_data"),
                Data = row.Bytes("authenticator_data"),
                Signature = row.Bytes("signature"),
            },
            World.Ct))!;
        using var key = CoseKey.Read(kept.Key);
        Assert.True(key.Verify([.. kept.Data, .. SHA256.HashData(kept.Client)], kept.Signature));
        var challenge = SHA256.HashData(Encoding.UTF8.GetBytes(kept.Statement));
        Assert.Null(ClientData.Check(kept.Client, ClientData.Get, challenge, world.Get<PasskeyOptions>()));
        Assert.Contains($"\"request\":\"{request.Id}\"", kept.Statement, StringComparison.Ordinal);
        Assert.Contains("""
            "scopes":"email:send\ncalendar:read"
            """, kept.Statement, StringComparison.Ordinal);
        Assert.Equal(1, await world.AuditedAsync("passkey.asserted", Convert.ToHexStringLower(challenge)));
    }

    [Theory, EachEngine]
    public async Task A_link_that_lies_about_changes_no_passkeys(EngineKind engine)
    {
        await using var world = await StrictAsync(engine);
        using var device = new SoftAuthenticator();
        using var thief = new SoftAuthenticator();
        var own = world.Get<OwnPasskeys>();
        var old = await SessionAsync(world);
        world.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.True((await own.BeginAsync(old, World.Ct)).Succeeded, "there is none to protect");

        var passkey = await EnrolAsync(world, device);
        Assert.Equal(PrincipalFailures.SessionNotFresh, (await own.BeginAsync(old, World.Ct)).Failure);
        Assert.Equal(PrincipalFailures.SessionNotFresh, (await own.RemoveAsync(old, passkey.Id, World.Ct)).Failure);
        Assert.Single(await own.ListAsync(old, World.Ct));
        Assert.True((await own.RemoveAsync(await SessionAsync(world), passkey.Id, World.Ct)).Succeeded);
    }

    [Theory, EachEngine]
    public async Task Every_change_is_recorded_and_told_and_names_its_actor(EngineKind engine)
    {
        await using var world = await StrictAsync(engine);
        using var device = new SoftAuthenticator();
        var passkey = await EnrolAsync(world, device);
        Assert.Equal(1, await world.AuditedAsync("passkey.enrolled", "\"actor\":\"principal\""));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from events where type = 'fido.registered' and data like {$"%{passkey.Id}%"}"));

        var request = await world.AskAsync(["email:send"]);
        var begun = (await world.Get<ProveConsent>().BeginAsync(request.Id, World.Ct)).Value;
        Assert.True((await world.Get<ProveConsent>().FinishAsync(begun.Challenge.Id, device.Used(begun, 9), null, World.Ct)).Succeeded);
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from events where type = 'fido.assertion' and data like {$"%{request.Id}%"}"));

        begun = (await world.Get<ProveConsent>().BeginAsync(request.Id, World.Ct)).Value;
        var again = await world.Get<ProveConsent>().FinishAsync(begun.Challenge.Id, device.Used(begun, 9), null, World.Ct);
        Assert.Equal(PasskeyFailures.CounterWentBack, again.Failure);
        Assert.Equal(1, await world.AuditedAsync("passkey.refused", passkey.Id.ToString()));
        Assert.Equal(1, await world.AuditedAsync("passkey.asserted"));

        var key = world.Caller.Key.ToString();
        Assert.True((await world.Get<RemovePasskey>().RunAsync(Ada(world).Realm, null, passkey.Id, key, World.Ct)).Succeeded);
        Assert.Equal(1, await world.AuditedAsync("passkey.removed", $"\"actor\":\"{key}\""));
    }
}
