using Credence.Administration;
using Credence.People;
using Credence.Roles;
using Credence.Storage;
using Credence.Tests.SignIn;
using Credence.Tests.Support;

namespace Credence.Tests.Administration;

public sealed class RevisePersonTests
{
    [Theory, EachEngine]
    public async Task Whoever_signs_in_while_they_are_locked_is_out_when_both_are_done(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var admin = await world.WithRolesAsync("root", Role.SuperAdmin);
        var ada = await world.PersonAsync();
        var signedIn = await World.AllAtOnceAsync(20, async number =>
        {
            if (number != 10) return await world.SignInAsync();
            await world.Get<RevisePerson>().RunAsync(admin, ada, new(PersonStatus.Locked, before => before), World.Ct);
            return default;
        });

        foreach (var signed in signedIn.Where(each => each is { Succeeded: true, Value: not null })) Assert.NotNull(await world.RefusalAsync(signed.Value));
        Assert.Empty(await PersonSessionStore.LiveAsync(world.Db, ada, world.Now, World.Ct));
    }

    [Theory, EachEngine]
    public async Task What_two_change_of_one_profile_at_once_is_both_there(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var ada = await world.PersonAsync();
        await World.AllAtOnceAsync(20, number => world.Get<RevisePerson>().RunAsync(
            ada.ToCaller(), ada, new(null, before => number % 2 == 0 ? before with { FirstName = "Ada" } : before with { LastName = "L" }), World.Ct));

        var person = await PersonStore.FindAsync(world.Db, ada, World.Ct);
        Assert.Equal(new PersonProfile("Ada", "L", null, null), person!.Profile);
    }
}
