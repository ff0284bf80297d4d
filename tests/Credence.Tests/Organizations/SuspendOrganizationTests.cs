using Credence.Organizations;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Organizations;

public sealed class SuspendOrganizationTests
{
    [Theory, EachEngine]
    public async Task A_suspended_organizations_keys_stop_on_every_node_until_it_is_resumed(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        Assert.True(await WorksAtAsync(other));
        var suspend = world.Get<SuspendOrganization>();

        Assert.NotNull((await suspend.SuspendAsync(world.Caller.Organization, "admin", World.Ct)).Value.SuspendedAt);
        await other.Revocations.CatchUpAsync(World.Ct);
        Assert.False(await WorksAtAsync(world));
        Assert.False(await WorksAtAsync(other));

        Assert.Null((await suspend.ResumeAsync(world.Caller.Organization, "admin", World.Ct)).Value.SuspendedAt);
        Assert.True(await WorksAtAsync(world));
        Assert.True(await WorksAtAsync(other));

        async Task<bool> WorksAtAsync(World node) => (await node.Get<FindCaller>().RunAsync(world.ApiKey, World.Ct)).Succeeded;
    }
}
