using Credence.Roles;
using Credence.Storage;
using Credence.Tests.SignIn;
using Credence.Tests.Support;

namespace Credence.Tests.Roles;

public sealed class AuthorityTests
{
    private const string Shop = "Merchant_7";

    [Theory, EachEngine]
    public async Task A_permission_is_given_by_who_has_it_wherever_it_is_given(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var admin = await world.WithRolesAsync("admin", "ADMIN");
        var ada = Subject.User(await world.PersonAsync());
        Assert.Null(await RefusalAsync(world, admin.Person, Policy(ada, "User.read", "*")));
        Assert.Null(await RefusalAsync(world, admin.Person, Policy(ada, "User.read", Shop)));
        Assert.Equal(RoleFailures.NotOnesOwn, await RefusalAsync(world, admin.Person, Policy(ada, "Key.execute", Shop)));
        Assert.Null(await RefusalAsync(world, admin.Person, Policy(ada, "Key.execute", Shop, EdgeEffect.Deny)));
        Assert.Equal(RoleFailures.NotOnesOwn, await RefusalAsync(world, admin.Person, Policy(ada, "Key.execute", Shop, EdgeEffect.Deny), added: false));
        Assert.Null(await RefusalAsync(world, admin.Person, Policy(ada, "Key.execute", Shop), added: false)); // taking it gives nobody anything

        await AddAsync(world, Policy(Subject.User(admin.Person), "User.read", Shop, EdgeEffect.Deny)); // in one shop they may not
        Assert.Equal(RoleFailures.NotOnesOwn, await RefusalAsync(world, admin.Person, Policy(ada, "User.read", "*")));
        Assert.Equal(RoleFailures.NotOnesOwn, await RefusalAsync(world, admin.Person, Policy(ada, "User.read", "Merchant_*")));
        Assert.Equal(RoleFailures.NotOnesOwn, await RefusalAsync(world, admin.Person, Policy(ada, "User.read", Shop)));
        Assert.Null(await RefusalAsync(world, admin.Person, Policy(ada, "User.read", "Merchant_8")));
    }

    [Theory, EachEngine]
    public async Task Whoever_may_in_one_domain_gives_in_that_one_alone(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var keeper = await world.WithRolesAsync("keeper");
        var ada = Subject.User(await world.PersonAsync());
        foreach (var code in new[] { "PolicyDefinition.create", "User.read" }) await AddAsync(world, Policy(Subject.User(keeper.Person), code, Shop));
        Assert.Null(await RefusalAsync(world, keeper.Person, Policy(ada, "User.read", Shop)));
        foreach (var domain in new[] { "*", "Merchant_*", "Merchant_8", "Organizer_7" }) Assert.Equal(RoleFailures.Forbidden, await RefusalAsync(world, keeper.Person, Policy(ada, "User.read", domain)));
        Assert.Equal(RoleFailures.Forbidden, await RefusalAsync(world, keeper.Person, Policy(ada, "User.read", Shop), added: false)); // they may not remove

        var thing = Policy(ada, "", Shop) with { TargetType = TargetType.Merchant, TargetId = "7", Action = "read" };
        Assert.Null(await RefusalAsync(world, keeper.Person, thing));
        Assert.Equal(RoleFailures.NotOnesOwn, await RefusalAsync(world, keeper.Person, thing with { TargetId = "8" })); // another shop, from within this one
    }

    [Theory, EachEngine]
    public async Task Ranks_are_those_of_all_roles_that_lead_there_and_only_what_counts_raises_the_callers(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var admin = await world.WithRolesAsync("admin", "ADMIN");
        var ada = await world.WithRolesAsync("ada1");
        var (low, high) = (await RoleAsync(world, "CASHIER"), await RoleAsync(world, "OPERATOR"));
        Assert.Null(await RefusalAsync(world, admin.Person, PolicyDefinition.OfRole(Subject.User(ada.Person), low, "test", world.Now)));
        await AddAsync(world, PolicyDefinition.OfRole(Subject.Role(low.Id), high, "test", world.Now) with { Domain = Shop });
        Assert.Equal(RoleFailures.Outranked, await RefusalAsync(world, admin.Person, PolicyDefinition.OfRole(Subject.User(ada.Person), low, "test", world.Now)));
        Assert.Null(await RefusalAsync(world, admin.Person, PolicyDefinition.OfRole(Subject.User(ada.Person), low, "test", world.Now) with { Domain = "Merchant_8" }));

        await AddAsync(world, PolicyDefinition.OfRole(Subject.User(ada.Person), low, "test", world.Now));
        Assert.Equal(RoleFailures.Outranked, await RefusalAsync(world, admin.Person, Policy(Subject.User(ada.Person), "User.read", "*", EdgeEffect.Deny)));
        Assert.Null(await RefusalAsync(world, admin.Person, Policy(Subject.User(ada.Person), "User.read", "Merchant_8", EdgeEffect.Deny)));
    }

    [Theory, EachEngine]
    public async Task A_role_is_put_to_rest_or_back_by_who_has_what_that_gives(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var root = await world.WithRolesAsync("root", Role.SuperAdmin);
        var admin = await world.WithRolesAsync("admin", "ADMIN");
        var made = (await world.Get<CreateRole>().RunAsync(root, new("KEYS", new Dictionary<string, string> { ["en"] = "Keys" }, null, 200), World.Ct)).Value;
        await AddAsync(world, Policy(Subject.Role(made.Id), "Key.execute", "*"));

        Assert.True((await ChangeAsync(admin, role => role with { Status = RoleStatus.Deactivated })).Succeeded);
        Assert.Equal(RoleFailures.NotOnesOwn, (await ChangeAsync(admin, role => role with { Status = RoleStatus.Activated })).Failure);
        Assert.True((await ChangeAsync(root, role => role with { Status = RoleStatus.Activated })).Succeeded);

        async Task<Result<Role>> ChangeAsync(Credence.People.PersonCaller caller, Func<Role, Role> change) => await world.Get<ChangeRole>().RunAsync(caller, made.Id, change, World.Ct);
    }

    [Theory, EachEngine]
    public async Task Who_loses_their_role_gives_nothing_any_more_however_close_it_was(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var root = await world.WithRolesAsync("root", Role.SuperAdmin);
        var admin = await world.WithRolesAsync("admin", "ADMIN");
        var role = await RoleAsync(world, "ADMIN");
        var edge = (await PolicyDefinitionStore.OfAsync(world.Db, Subject.User(admin.Person), World.Ct)).Single(each => each.TargetId == role.Id.ToString());
        var friends = new List<PersonId>();
        for (var number = 0; number < 10; number++) friends.Add(await world.PersonAsync($"friend{number}"));

        await World.AllAtOnceAsync(11, async number => number == 5
            ? (await world.Get<RemovePolicyDefinition>().RunAsync(root, "*", edge.Id, World.Ct)).Succeeded
            : (await world.Get<AddPolicyDefinition>().RunAsync(
                admin, "*", new(EdgeVariant.Group, Subject.User(friends[number % 10]), TargetType.Role, role.Id.ToString(), "*", "", EdgeEffect.Allow), World.Ct)).Succeeded);

        var removed = await world.Db.NumberAsync($"select position as n from policy_definitions where id = {edge.Id}", World.Ct);
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from policy_definitions where created_by = {admin.Person.ToString()} and position > {removed}"));
        Assert.Equal(RoleFailures.Forbidden, await RefusalAsync(world, admin.Person, Policy(Subject.User(friends[0]), "User.read", "*")));
    }

    private static PolicyDefinition Policy(Subject subject, string code, string domain, EdgeEffect effect = EdgeEffect.Allow) => new(
        Id<PolicyDefinition>.New(DateTimeOffset.UnixEpoch), EdgeVariant.Policy, subject, TargetType.Permission, code, domain, code[(code.IndexOf('.', StringComparison.Ordinal) + 1)..],
        effect, DateTimeOffset.UnixEpoch, "test");

    private static async Task<Role> RoleAsync(World world, string identifier) => (await RoleStore.FindAsync(world.Db, identifier, World.Ct))!;

    private static async Task<Failure?> RefusalAsync(World world, PersonId caller, PolicyDefinition edge, bool added = true)
    {
        await using var tx = await world.Db.BeginAsync(World.Ct);
        return await (await Authority.TakeAsync(tx, World.Ct)).RefusalAsync(Subject.User(caller), edge, added, World.Ct);
    }

    private static async Task AddAsync(World world, PolicyDefinition edge)
    {
        await using var tx = await world.Db.BeginAsync(World.Ct);
        Assert.True(await PolicyDefinitionStore.AddAsync(tx, edge, World.Ct));
        await tx.CommitAsync();
    }
}
