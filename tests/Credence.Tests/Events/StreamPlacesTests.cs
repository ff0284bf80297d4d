using Credence.Events;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Events;

public sealed class StreamPlacesTests
{
    [Theory, EachEngine]
    public async Task Of_many_callers_at_two_nodes_as_many_get_a_place_as_there_are(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        World[] nodes = [world, other];

        var places = await World.AllAtOnceAsync(30, number => nodes[number % 2].Get<StreamPlaces>().TakeAsync("sse", "dev_a", World.Ct));

        Assert.Equal(5, places.Count(place => place is not null));
        Assert.NotNull(await world.Get<StreamPlaces>().TakeAsync("ws", "dev_a", World.Ct));
        Assert.NotNull(await world.Get<StreamPlaces>().TakeAsync("sse", "dev_b", World.Ct));
    }

    [Theory, EachEngine]
    public async Task A_place_given_back_is_free_at_once_at_every_node(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        var held = await FillAsync(world);

        await held[2].DisposeAsync();

        Assert.NotNull(await other.Get<StreamPlaces>().TakeAsync("sse", "dev_a", World.Ct));
        Assert.Null(await world.Get<StreamPlaces>().TakeAsync("sse", "dev_a", World.Ct));
    }

    [Theory, EachEngine]
    public async Task The_places_of_a_node_that_died_are_free_after_their_time_and_those_of_a_living_one_are_not(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        await FillAsync(world);
        world.Clock.Advance(StreamPlaces.Life - TimeSpan.FromMilliseconds(1));
        await world.Get<StreamPlaces>().RenewAsync(World.Ct);

        world.Clock.Advance(StreamPlaces.Life - TimeSpan.FromMilliseconds(1));
        Assert.Null(await other.Get<StreamPlaces>().TakeAsync("sse", "dev_a", World.Ct));
        world.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.NotNull(await other.Get<StreamPlaces>().TakeAsync("sse", "dev_a", World.Ct));
    }

    private static async Task<List<IAsyncDisposable>> FillAsync(World node)
    {
        var held = new List<IAsyncDisposable>();
        for (var number = 0; number < 5; number++) held.Add((await node.Get<StreamPlaces>().TakeAsync("sse", "dev_a", World.Ct))!);
        return held;
    }
}
