using Credence.Organizations;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Organizations;

public sealed class ApiKeyTests
{
    private static async Task<bool> WorksAsync(World node, string apiKey) => (await node.Get<FindCaller>().RunAsync(apiKey, World.Ct)).Succeeded;

    [Theory, EachEngine]
    public async Task A_rotated_key_stops_at_once_here_and_on_other_nodes_when_they_catch_up(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        Assert.True(await WorksAsync(other, world.ApiKey));

        var rotated = (await world.Get<RotateApiKey>().RunAsync(world.Caller, TimeSpan.Zero, World.Ct)).Value;

        Assert.False(await WorksAsync(world, world.ApiKey));
        Assert.True(await WorksAsync(world, rotated.Plaintext));
        await other.Revocations.CatchUpAsync(World.Ct);
        Assert.False(await WorksAsync(other, world.ApiKey));
    }

    [Theory, EachEngine]
    public async Task A_key_is_rotated_once_by_twenty_callers(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);

        var answers = await World.AllAtOnceAsync(20, _ => world.Get<RotateApiKey>().RunAsync(world.Caller, TimeSpan.Zero, World.Ct));

        Assert.Single(answers, answer => answer.Succeeded);
        Assert.Single(await ApiKeyStore.ListAsync(world.Db, world.Caller.Organization, world.Now, World.Ct));
    }

    [Theory, EachEngine]
    public async Task During_an_overlap_both_keys_work(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var rotated = (await world.Get<RotateApiKey>().RunAsync(world.Caller, TimeSpan.FromHours(1), World.Ct)).Value;

        Assert.True(await WorksAsync(world, world.ApiKey));
        Assert.True(await WorksAsync(world, rotated.Plaintext));
        world.Clock.Advance(TimeSpan.FromHours(1));
        Assert.False(await WorksAsync(world, world.ApiKey));
        Assert.True(await WorksAsync(world, rotated.Plaintext));
    }

    [Theory, EachEngine]
    public async Task An_overlap_shorter_than_the_cache_ends_on_time_on_every_node(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        Assert.True(await WorksAsync(other, world.ApiKey));
        await world.Get<RotateApiKey>().RunAsync(world.Caller, TimeSpan.FromSeconds(10), World.Ct);
        await other.Revocations.CatchUpAsync(World.Ct);

        world.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.True(await WorksAsync(world, world.ApiKey));
        Assert.True(await WorksAsync(other, world.ApiKey));
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(await WorksAsync(world, world.ApiKey));
        Assert.False(await WorksAsync(other, world.ApiKey));
    }

    [Theory, EachEngine]
    public async Task The_last_full_key_cannot_be_revoked_even_by_two_at_once(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var second = (await world.Get<CreateApiKey>().RunAsync(world.Caller, new("second", false, null), World.Ct)).Value;
        await world.Get<CreateApiKey>().RunAsync(world.Caller, new("reader", true, null), World.Ct);

        var answers = await World.AllAtOnceAsync(
            2, number => world.Get<RevokeApiKey>().RunAsync(world.Caller, number == 0 ? world.Caller.Key : second.Key.Id, World.Ct));

        Assert.Single(answers, answer => answer.Succeeded);
        Assert.Single(answers, answer => answer.Failure == OrganizationFailures.LastApiKey);
    }

    [Theory, EachEngine]
    public async Task A_key_with_an_end_stops_there(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var made = (await world.Get<CreateApiKey>().RunAsync(world.Caller, new("short", true, TimeSpan.FromMinutes(10)), World.Ct)).Value;

        Assert.True((await world.Get<FindCaller>().RunAsync(made.Plaintext, World.Ct)).Value.ReadOnly);
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.False(await WorksAsync(world, made.Plaintext));
    }

    [Theory, EachEngine]
    public async Task Use_is_remembered_to_the_minute(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await WorksAsync(world, world.ApiKey);

        var key = Assert.Single(await ApiKeyStore.ListAsync(world.Db, world.Caller.Organization, world.Now, World.Ct));
        Assert.Equal(world.Now, key.LastUsedAt);
    }
}
