using Credence.Administration;
using Credence.People;
using Credence.Roles;
using Credence.SignIn;
using Credence.Storage;
using Credence.Tests.SignIn;
using Credence.Tests.Support;

namespace Credence.Tests.Administration;

public sealed class DeletePersonTests
{
    [Theory, EachEngine]
    public async Task Whoever_is_deleted_is_gone_signed_out_and_their_names_are_free(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var admin = await world.WithRolesAsync("root", Role.SuperAdmin);
        var before = await world.PersonAsync("ada1", "ada@example.test");
        var signedIn = (await world.SignInAsync()).Value;
        Assert.Null(await world.RefusalAsync(signedIn));

        Assert.Equal(1, (await world.Get<DeletePerson>().RunAsync(admin, before, World.Ct)).Value);
        Assert.NotNull(await world.RefusalAsync(signedIn));
        Assert.Equal(SignInFailures.InvalidCredentials, (await world.SignInAsync()).Failure);
        Assert.Equal(SignInFailures.RefreshInvalid, (await world.Get<RefreshSession>().RunAsync(signedIn.RefreshToken, PeopleInWorld.Here, World.Ct)).Failure);
        Assert.Equal(PeopleFailures.NotFound, (await world.Get<DeletePerson>().RunAsync(admin, before, World.Ct)).Failure);
        Assert.Empty(await PolicyDefinitionStore.OfAsync(world.Db, Subject.User(before), World.Ct));
        Assert.Equal(1, await world.AuditedAsync("person.deleted", before.ToString()));

        var after = await world.PersonAsync("ada1", "ada@example.test");
        Assert.NotEqual(before, after);
        Assert.Equal(after, (await world.SignInAsync()).Value.Claims.Person);
    }

    [Theory, EachEngine]
    public async Task Of_super_administrators_who_all_leave_at_once_one_stays(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var admins = new List<PersonCaller>();
        for (var number = 0; number < 12; number++) admins.Add(await world.WithRolesAsync($"root{number}", Role.SuperAdmin));

        var left = await World.AllAtOnceAsync(admins.Count, async number => (number % 3) switch
        {
            0 => (await world.Get<DeletePerson>().RunAsync(admins[number], admins[number].Person, World.Ct)).Failure,
            1 => (await world.Get<RevisePerson>().RunAsync(admins[number], admins[number].Person, new(PersonStatus.Locked, before => before), World.Ct)).Failure,
            _ => (await world.Get<RemovePolicyDefinition>().RunAsync(admins[number], "*", await EdgeAsync(world, admins[number]), World.Ct)).Failure,
        });

        Assert.Equal(RoleFailures.LastSuperAdmin, Assert.Single(left, failure => failure is not null));
    }

    private static async Task<Id<PolicyDefinition>> EdgeAsync(World world, PersonCaller admin)
    {
        var super = await RoleStore.FindAsync(world.Db, Role.SuperAdmin, World.Ct);
        return (await PolicyDefinitionStore.OfAsync(world.Db, Subject.User(admin.Person), World.Ct)).Single(edge => edge.TargetId == super!.Id.ToString()).Id;
    }
}
