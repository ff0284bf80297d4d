using Credence.Roles;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Roles;

public sealed class CheckAccessTests
{
    private static readonly AccessQuestion MayReadUsers = new("", "*", "User", "read");

    [Theory, EachEngine]
    public async Task The_roles_that_came_with_the_server_may_what_they_are_for(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await AssignAsync(world, "1", "SUPER_ADMIN");
        await AssignAsync(world, "2", "OPERATOR");
        await AssignAsync(world, "3", "ADMIN");
        await AssignAsync(world, "4", "CUSTOMER");
        var codes = await world.Db.ListAsync($"select code from permissions", row => row.Text("code"), World.Ct);

        Assert.Equal(codes, await MayAsync("1"));
        Assert.Contains("Key.execute", await MayAsync("2"));
        Assert.DoesNotContain("PolicyDefinition.create", await MayAsync("2"));
        Assert.Contains("PolicyDefinition.create", await MayAsync("3"));
        Assert.DoesNotContain("Key.execute", await MayAsync("3"));
        Assert.Empty(await MayAsync("4"));
        Assert.Empty(await MayAsync("5")); // nobody

        async Task<List<string>> MayAsync(string person)
        {
            var may = new List<string>();
            foreach (var code in codes)
            {
                if (await world.Get<CheckAccess>().AllowsAsync(new($"User_{person}", "Merchant_1", code.Split('.')[0], code.Split('.')[1]), World.Ct)) may.Add(code);
            }

            return may;
        }
    }

    [Theory, EachEngine]
    public async Task A_change_counts_here_with_its_commit_and_at_another_node_within_a_second(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync(); // its shared state is its own: it hears nothing
        Assert.False(await MayAsync(world));
        Assert.False(await MayAsync(other));

        await AssignAsync(world, "7", "ADMIN");
        Assert.True(await MayAsync(world));
        Assert.False(await MayAsync(other)); // so what follows is the looking's merit
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await MayAsync(other));

        await DenyAsync(world, "ADMIN");
        Assert.False(await MayAsync(world));
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await MayAsync(other));
    }

    [Theory, EachEngine]
    public async Task What_was_undone_counts_nowhere(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            await RoleStore.AssignAsync(tx, "7", "ADMIN", "test", world.Now, World.Ct);
        }

        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await MayAsync(world));
    }

    [Theory, EachEngine]
    public async Task Never_an_answer_from_before_a_change_however_many_ask_meanwhile(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var answers = await World.AllAtOnceAsync(40, async number =>
        {
            if (number % 2 == 0) await AssignAsync(world, $"{number}", "ADMIN");
            else foreach (var person in Enumerable.Range(0, 40)) await MayAsync(world, person); // whoever asks too early may be remembered as having nothing
            return number % 2 == 1 || await MayAsync(world, number);
        });

        Assert.DoesNotContain(false, answers);
        foreach (var person in Enumerable.Range(0, 40)) Assert.Equal(person % 2 == 0, await MayAsync(world, person));
    }

    private static async Task<bool> MayAsync(World node, int person = 7) =>
        await node.Get<CheckAccess>().AllowsAsync(MayReadUsers with { Subject = $"User_{person}" }, World.Ct);

    private static async Task AssignAsync(World world, string person, string role)
    {
        await using var tx = await world.Db.BeginAsync(World.Ct);
        await RoleStore.AssignAsync(tx, person, role, "test", world.Now, World.Ct);
        await tx.CommitAsync();
    }

    private static async Task DenyAsync(World world, string role)
    {
        await using var tx = await world.Db.BeginAsync(World.Ct);
        var subject = Subject.Role((await RoleStore.FindAsync(tx, role, World.Ct))!.Id);
        await PolicyDefinitionStore.AddAsync(
            tx,
            new PolicyDefinition(
                Id<PolicyDefinition>.New(world.Now), EdgeVariant.Policy, subject, TargetType.Permission, "User.read", "*", "read", EdgeEffect.Deny, world.Now, "test"),
            World.Ct);
        await tx.CommitAsync();
    }
}
