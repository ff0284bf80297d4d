using Credence.Passkeys;
using Credence.People;
using Credence.SignIn;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.SignIn;

public sealed class BrowserSessionTests
{
    private static async Task<(BrowserSession Signed, SignedIn Tokens)> EnterAsync(World world)
    {
        var tokens = (await world.SignInAsync()).Value;
        return ((await FindAsync(world, tokens.RefreshToken))!, tokens);
    }

    private static Task<BrowserSession?> FindAsync(World world, string secret) => world.Get<FindBrowserSession>().RunAsync(secret, World.Ct);

    private static async Task<Passkey> EnrolAsync(World world, BrowserSession signed, SoftAuthenticator device)
    {
        var caller = signed.Caller(PeopleInWorld.Here);
        var begun = (await world.Get<AccountPasskeys>().BeginAsync(signed, caller, World.Ct)).Value;
        return (await world.Get<AccountPasskeys>().FinishAsync(caller, begun.Challenge.Id, device.Made(begun), "Phone", World.Ct)).Value;
    }

    [Theory, EachEngine]
    public async Task A_browser_is_signed_in_until_its_session_ends(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var person = await world.PersonAsync();
        var (signed, tokens) = await EnterAsync(world);
        Assert.Equal((person, "ada1", tokens.Claims.Session), (signed.Person.Id, signed.Name, signed.Session.Id));
        Assert.Null(await FindAsync(world, "crt_nonsense"));

        world.Clock.Advance(TimeSpan.FromMinutes(6));
        await FindAsync(world, tokens.RefreshToken);
        Assert.Equal(world.Now, (await PersonSessionStore.FindAsync(world.Db, signed.Session.Id, World.Ct))!.LastSeenAt);

        var others = (await world.SignInAsync()).Value;
        Assert.Equal(1, await world.Get<SignOut>().OthersAsync(signed.Caller(PeopleInWorld.Here), World.Ct));
        Assert.Null(await FindAsync(world, others.RefreshToken));
        Assert.NotNull(await FindAsync(world, tokens.RefreshToken));
        await world.Get<SignOut>().RunAsync(signed.Caller(PeopleInWorld.Here), signed.Session.Id, World.Ct);
        Assert.Null(await FindAsync(world, tokens.RefreshToken));
    }

    [Theory, EachEngine]
    public async Task It_is_over_after_thirty_days_and_with_the_account(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var person = await world.PersonAsync();
        var (_, first) = await EnterAsync(world);
        world.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Null(await FindAsync(world, first.RefreshToken));
        var (_, second) = await EnterAsync(world);
        await world.DeleteAsync(person);
        Assert.Null(await FindAsync(world, second.RefreshToken));
    }

    [Theory, EachEngine]
    public async Task Passkeys_change_only_within_five_minutes_of_signing_in(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.PersonAsync();
        var (signed, _) = await EnterAsync(world);
        using var device = new SoftAuthenticator();
        var passkey = await EnrolAsync(world, signed, device);
        world.Clock.Advance(PersonSession.Fresh);
        var (own, caller) = (world.Get<AccountPasskeys>(), signed.Caller(PeopleInWorld.Here));
        Assert.Equal(SignInFailures.NotFresh, (await own.BeginAsync(signed, caller, World.Ct)).Failure);
        Assert.Equal(SignInFailures.NotFresh, (await own.RemoveAsync(signed, caller, passkey.Id, World.Ct)).Failure);
        var (again, _) = await EnterAsync(world);
        Assert.True((await own.RemoveAsync(again, again.Caller(PeopleInWorld.Here), passkey.Id, World.Ct)).Succeeded);
        Assert.Equal((1, 1), (await world.AuditedAsync("passkey.enrolled", "people"), await world.AuditedAsync("passkey.removed", "people")));
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from events where type like 'fido%'"));
    }

    [Theory, EachEngine]
    public async Task Whoever_has_a_verified_address_is_told_of_passkeys_that_come_and_go(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.PersonAsync("ada1", "ada@example.test");
        var (signed, _) = await EnterAsync(world);
        using var unproven = new SoftAuthenticator();
        await EnrolAsync(world, signed, unproven);
        Assert.Equal(0, await QueuedAsync(PasskeyNotice.Added)); // the address may be anybody's

        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            await tx.ExecuteAsync($"update person_identifiers set verified = {true} where scheme = 'email'", World.Ct);
            await tx.CommitAsync();
        }

        using var device = new SoftAuthenticator();
        var passkey = await EnrolAsync(world, signed, device);
        await world.Get<AccountPasskeys>().RemoveAsync(signed, signed.Caller(PeopleInWorld.Here), passkey.Id, World.Ct);
        Assert.Equal((1, 1), (await QueuedAsync(PasskeyNotice.Added), await QueuedAsync(PasskeyNotice.Removed)));

        Task<long> QueuedAsync(string template) => world.CountAsync($"select count(*) as n from messages where template = {template}");
    }

    [Theory, EachEngine]
    public async Task A_passkey_signs_in_whom_it_says_it_is_of_and_one_answer_counts_once(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var person = await world.PersonAsync();
        var (signed, _) = await EnterAsync(world);
        using var device = new SoftAuthenticator();
        await EnrolAsync(world, signed, device);

        var signIn = world.Get<SignInWithPasskey>();
        var begun = await signIn.BeginAsync(World.Ct);
        var answer = device.Used(begun, handle: true);
        var all = await World.AllAtOnceAsync(30, _ => signIn.FinishAsync(begun.Challenge.Id, answer, PeopleInWorld.Here, World.Ct));
        Assert.Equal(person, Assert.Single(all, one => one.Succeeded).Value.Claims.Person);
        Assert.All(all.Where(one => !one.Succeeded), one => Assert.Equal(SignInFailures.InvalidCredentials, one.Failure));

        var nameless = await signIn.BeginAsync(World.Ct);
        Assert.False((await signIn.FinishAsync(nameless.Challenge.Id, device.Used(nameless), PeopleInWorld.Here, World.Ct)).Succeeded);
        var copied = await signIn.BeginAsync(World.Ct);
        Assert.False((await signIn.FinishAsync(copied.Challenge.Id, device.Used(copied, count: 1, handle: true), PeopleInWorld.Here, World.Ct)).Succeeded);
        Assert.Equal(1, await world.AuditedAsync("passkey.refused"));

        await world.DeleteAsync(person);
        Assert.Empty(await AccountPasskeys.ListAsync(world.Db, person, World.Ct));
        var late = await signIn.BeginAsync(World.Ct);
        Assert.False((await signIn.FinishAsync(late.Challenge.Id, device.Used(late, count: 20, handle: true), PeopleInWorld.Here, World.Ct)).Succeeded);
    }
}
