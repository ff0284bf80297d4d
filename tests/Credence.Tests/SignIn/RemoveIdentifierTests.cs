using Credence.People;
using Credence.SignIn;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.SignIn;

/// <summary>What somebody signs in with is taken away (contract standards 18).</summary>
public sealed class RemoveIdentifierTests
{
    [Theory, EachEngine]
    public async Task An_address_goes_and_its_owner_is_told_there_and_wherever_else_they_are_known(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (signed, caller) = await EnterAsync(world, "ada1");
        var (gone, stays) = (await AddAsync(world, caller.Person, "old@example.test"), await AddAsync(world, caller.Person, "new@example.test"));
        Assert.Equal(gone, (await RemoveAsync(world, signed, gone.Id)).Value);
        Assert.Equal(SignInFailures.NoSuchIdentifier, (await RemoveAsync(world, signed, gone.Id)).Failure);

        Assert.Null(await PersonStore.FindAsync(world.Db, IdentifierScheme.Email, gone.Value, World.Ct));
        Assert.Equal(stays, await PersonStore.FindAsync(world.Db, IdentifierScheme.Email, stays.Value, World.Ct));
        Assert.Equal(1, await world.AuditedAsync("person_identifier.removed", gone.Id.ToString()));
        Assert.Equal(2, await world.CountAsync($"select count(*) as n from messages where template = 'identifier-removed'"));
        var next = await world.PersonAsync("eve1");
        Assert.Equal(next, (await AddAsync(world, next, gone.Value)).Person); // it is free
    }

    [Theory, EachEngine]
    public async Task It_takes_a_sign_in_within_five_minutes_and_ones_own(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (signed, caller) = await EnterAsync(world, "ada1");
        var mine = await AddAsync(world, caller.Person, "ada@example.test");
        var (other, _) = await EnterAsync(world, "eve1");
        Assert.Equal(SignInFailures.NoSuchIdentifier, (await RemoveAsync(world, other, mine.Id)).Failure);
        var name = (await PersonStore.IdentifiersAsync(world.Db, caller.Person, World.Ct)).Single(one => one.Scheme == IdentifierScheme.Username);
        Assert.Equal(SignInFailures.IdentifierStays, (await RemoveAsync(world, signed, name.Id)).Failure);
        world.Clock.Advance(PersonSession.Fresh);
        Assert.Equal(SignInFailures.NotFresh, (await RemoveAsync(world, signed, mine.Id)).Failure);
        Assert.Equal(
            SignInFailures.NotFresh, (await world.Get<LinkIdentifier>().RequestAsync(signed, caller, IdentifierScheme.Email, "more@example.test", World.Ct)).Failure);
        Assert.Equal(0, await world.AuditedAsync("person_identifier.removed"));
    }

    [Theory, EachEngine]
    public async Task Of_thirty_who_take_away_all_that_somebody_signs_in_with_one_is_left_over(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (signed, caller) = await EnterAsync(world, "ada1");
        var all = new List<PersonIdentifier>();
        for (var count = 0; count < 6; count++) all.Add(await AddAsync(world, caller.Person, $"ada{count}@example.test"));
        await using (var tx = await world.Db.BeginAsync(World.Ct)) // as who came by the forward-auth door, which knows no user names
        {
            await tx.ExecuteAsync($"update person_identifiers set deleted_ms = {world.Now} where scheme = {IdentifierScheme.Username}", World.Ct);
            await tx.CommitAsync();
        }

        var results = await World.AllAtOnceAsync(30, caller => RemoveAsync(world, signed, all[caller % all.Count].Id));
        Assert.Equal(all.Count - 1, results.Count(result => result.Succeeded));
        Assert.Contains(results, result => !result.Succeeded && result.Failure == SignInFailures.IdentifierStays);
        Assert.Single(await PersonStore.IdentifiersAsync(world.Db, caller.Person, World.Ct));
    }

    private static async Task<(BrowserSession Signed, PersonCaller Caller)> EnterAsync(World world, string name)
    {
        await world.PersonAsync(name);
        var tokens = (await world.SignInAsync(name)).Value;
        return ((await world.Get<FindBrowserSession>().RunAsync(tokens.RefreshToken, World.Ct))!, tokens.ToCaller());
    }

    private static async Task<PersonIdentifier> AddAsync(World world, PersonId person, string address)
    {
        var identifier = PersonIdentifier.New(person, IdentifierScheme.Email, address, world.Now, verified: true);
        await using var tx = await world.Db.BeginAsync(World.Ct);
        Assert.True(await PersonStore.AddAsync(tx, identifier, world.Now, World.Ct));
        await tx.CommitAsync();
        return identifier;
    }

    private static Task<Result<PersonIdentifier>> RemoveAsync(World world, BrowserSession signed, Id<PersonIdentifier> id) =>
        world.Get<RemoveIdentifier>().RunAsync(signed, signed.Caller(PeopleInWorld.Here), id, World.Ct);
}
