using Credence.Keys;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.Keys;

public sealed class RotateKeysTests
{
    private static readonly byte[] Payload = "{}"u8.ToArray();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachEngine]
    public async Task A_key_is_published_a_day_before_it_signs_and_until_its_last_token_has_expired(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var clock = new ManualClock();
        await using var node = await KeyNode.StartAsync(database, clock, Material.Stored());
        var first = node.Ring.Current(KeyAlgorithm.RS256).Kid;
        var token = Jws.Sign(node.Ring.Current(KeyAlgorithm.RS256), null, Payload);

        clock.Advance(TimeSpan.FromDays(88));
        await node.Rotate.RunAsync(Ct);
        Assert.Equal([first], Rsa(node));

        clock.Advance(TimeSpan.FromDays(1)); // 89 days: a day ahead
        await node.Rotate.RunAsync(Ct);
        var second = Assert.Single(Rsa(node), kid => kid != first);
        Assert.Equal(first, node.Ring.Current(KeyAlgorithm.RS256).Kid);

        clock.Advance(TimeSpan.FromHours(23));
        await node.Rotate.RunAsync(Ct);
        Assert.Equal(first, node.Ring.Current(KeyAlgorithm.RS256).Kid);

        clock.Advance(TimeSpan.FromHours(1));
        await node.Rotate.RunAsync(Ct);
        Assert.Equal(second, node.Ring.Current(KeyAlgorithm.RS256).Kid);
        Assert.Equal([second, first], Rsa(node));
        Assert.True(Jws.Verify(node.Ring, token, KeyAlgorithm.RS256, null).Succeeded);

        await using var restarted = await KeyNode.StartAsync(database, clock, node.Options);
        Assert.True(Jws.Verify(restarted.Ring, token, KeyAlgorithm.RS256, null).Succeeded);
        Assert.Equal(0, await database.Db.NumberAsync($"select count(*) as n from signing_keys where kid = {first} and private_key is not null", Ct));

        clock.Advance(TimeSpan.FromDays(366)); // the longest token of the first key expires now; caches have a day
        await node.Rotate.RunAsync(Ct);
        Assert.Contains(first, Rsa(node));
        clock.Advance(TimeSpan.FromDays(1));
        await node.Rotate.RunAsync(Ct);
        Assert.DoesNotContain(first, Rsa(node));
        Assert.Equal(JwsRefusal.UnknownKid, Jws.Verify(node.Ring, token, KeyAlgorithm.RS256, null).Refusal);
    }

    [Theory, EachEngine]
    public async Task However_many_nodes_rotate_there_is_one_current_key_and_one_next(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var clock = new ManualClock();
        var options = Material.Given(); // RSA keys take long to make and are kept like the others
        options.DataEncryptionKey = Material.DataKey();
        var nodes = new List<KeyNode>();
        for (var at = 0; at < 5; at++) nodes.Add(await KeyNode.StartAsync(database, clock, options));

        for (var round = 0; round < 6; round++)
        {
            clock.Advance(TimeSpan.FromDays(round % 2 == 0 ? 89 : 1));
            await Task.WhenAll(nodes.Select(node => Task.Run(() => node.Rotate.RunAsync(Ct), Ct)));
            foreach (var node in nodes) await node.Reload.RunAsync(Ct);

            foreach (var algorithm in Enum.GetValues<KeyAlgorithm>()) Assert.Single(nodes.Select(node => node.Ring.Current(algorithm).Kid).Distinct());
            Assert.Equal(2, await CountAsync(database, "current"));
            Assert.Equal(round % 2 == 0 ? 2 : 0, await CountAsync(database, "next"));
            Assert.Equal(((round + 1) / 2 * 2) + 1, await CountAsync(database, "retired")); // and the given one, for those that do not hold it
        }

        foreach (var node in nodes) await node.DisposeAsync();
    }

    [Theory, EachEngine]
    public async Task An_operator_asks_for_the_next_key_and_it_takes_over_when_verifiers_know_it(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var clock = new ManualClock();
        await using var node = await KeyNode.StartAsync(database, clock, Material.Stored());
        var first = node.Ring.Current(KeyAlgorithm.ES256).Kid;

        var asked = await node.Rotate.RequestAsync(KeyAlgorithm.ES256, now: false, Ct);
        var twice = await node.Rotate.RequestAsync(KeyAlgorithm.ES256, now: false, Ct);

        var next = Assert.Single(asked.Value);
        Assert.Equal(KeyStatus.Next, next.Status);
        Assert.Equal(next, Assert.Single(twice.Value));
        Assert.Equal(first, node.Ring.Current(KeyAlgorithm.ES256).Kid);
        clock.Advance(TimeSpan.FromHours(24));
        await node.Rotate.RunAsync(Ct);
        Assert.Equal(next.Kid, node.Ring.Current(KeyAlgorithm.ES256).Kid);
    }

    [Theory, EachEngine]
    public async Task A_key_that_takes_over_now_signs_when_every_node_has_read_it(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var clock = new ManualClock();
        var options = Material.Stored();
        await using var node = await KeyNode.StartAsync(database, clock, options);
        await using var other = await KeyNode.StartAsync(database, clock, options);
        var former = node.Ring.Current(KeyAlgorithm.RS256).Kid;

        var rotated = Assert.Single((await node.Rotate.RequestAsync(KeyAlgorithm.RS256, now: true, Ct)).Value).Kid;

        Assert.Equal([former, rotated], Rsa(node)); // published at once, and not signing yet
        clock.Advance(options.ReloadInterval);
        await other.Reload.RunAsync(Ct);
        Assert.Equal([former, rotated], Rsa(other));
        Assert.Equal(former, node.Ring.Current(KeyAlgorithm.RS256).Kid);
        clock.Advance(options.ReloadInterval);
        await node.Reload.RunAsync(Ct);
        Assert.Equal(rotated, node.Ring.Current(KeyAlgorithm.RS256).Kid);
        Assert.True(Jws.Verify(other.Ring, Jws.Sign(node.Ring.Current(KeyAlgorithm.RS256), null, Payload), KeyAlgorithm.RS256, null).Succeeded);
    }

    [Theory, EachEngine]
    public async Task A_node_that_has_not_read_a_new_key_verifies_its_tokens_by_asking(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var clock = new ManualClock();
        var options = Material.Stored();
        await using var node = await KeyNode.StartAsync(database, clock, options);
        await using var other = await KeyNode.StartAsync(database, clock, options);

        await node.Rotate.RequestAsync(KeyAlgorithm.RS256, now: true, Ct);
        await using var started = await KeyNode.StartAsync(database, clock, options); // has no former key to go on with
        var token = Jws.Sign(started.Ring.Current(KeyAlgorithm.RS256), null, Payload);

        Assert.Equal(JwsRefusal.UnknownKid, Jws.Verify(other.Ring, token, KeyAlgorithm.RS256, null).Refusal);
        Assert.True((await Jws.VerifyAsync(other.Ring, other.Reload, token, TokenKinds.Grant, Ct)).Succeeded);
    }

    [Theory, EachEngine]
    public async Task Unknown_key_names_make_a_node_ask_once_in_five_seconds(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var clock = new ManualClock();
        var options = Material.Stored();
        await using var node = await KeyNode.StartAsync(database, clock, options);
        await using var other = await KeyNode.StartAsync(database, clock, options);
        var stranger = Jws.Sign(SigningKey.Generate(KeyAlgorithm.RS256), null, Payload);
        Assert.Equal(JwsRefusal.UnknownKid, (await Jws.VerifyAsync(other.Ring, other.Reload, stranger, TokenKinds.Grant, Ct)).Refusal);

        await node.Rotate.RequestAsync(KeyAlgorithm.RS256, now: true, Ct);
        await using var started = await KeyNode.StartAsync(database, clock, options);
        var token = Jws.Sign(started.Ring.Current(KeyAlgorithm.RS256), null, Payload);

        Assert.Equal(JwsRefusal.UnknownKid, (await Jws.VerifyAsync(other.Ring, other.Reload, token, TokenKinds.Grant, Ct)).Refusal);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True((await Jws.VerifyAsync(other.Ring, other.Reload, token, TokenKinds.Grant, Ct)).Succeeded);
    }

    [Theory, EachEngine]
    public async Task A_key_that_is_given_or_not_kept_cannot_be_rotated_here(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        await using var node = await KeyNode.StartAsync(database, new ManualClock(), Material.Given());

        Assert.Equal("KEY_IS_GIVEN", (await node.Rotate.RequestAsync(KeyAlgorithm.RS256, now: true, Ct)).Failure?.Code);
        Assert.Equal("KEY_IS_NOT_KEPT", (await node.Rotate.RequestAsync(KeyAlgorithm.ES256, now: true, Ct)).Failure?.Code);
        Assert.Equal(KeyAlgorithm.EdDSA, Assert.Single((await node.Rotate.RequestAsync(null, now: true, Ct)).Value).Algorithm);
    }

    [Theory, EachEngine]
    public async Task A_leaked_key_is_gone_at_once_and_another_takes_its_place(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var options = Material.Stored();
        await using var node = await KeyNode.StartAsync(database, new ManualClock(), options);
        await using var other = await KeyNode.StartAsync(database, new ManualClock(), options);
        var leaked = node.Ring.Current(KeyAlgorithm.RS256).Kid;
        var token = Jws.Sign(node.Ring.Current(KeyAlgorithm.RS256), null, Payload);

        Assert.Equal("KEY_IS_CURRENT", (await node.Retire.RunAsync(leaked, now: false, Ct)).Failure?.Code);
        var retired = await node.Retire.RunAsync(leaked, now: true, Ct);

        Assert.Equal(KeyStatus.Revoked, retired.Value.Status);
        Assert.Equal(JwsRefusal.UnknownKid, Jws.Verify(node.Ring, token, KeyAlgorithm.RS256, null).Refusal);
        Assert.DoesNotContain(leaked, Rsa(node));
        Assert.True(node.Ring.IsReady);
        await other.Reload.RunAsync(Ct);
        Assert.Equal(node.Ring.Current(KeyAlgorithm.RS256).Kid, other.Ring.Current(KeyAlgorithm.RS256).Kid);
        Assert.Null(other.Ring.Find(leaked));
    }

    [Theory, EachEngine]
    public async Task A_leaked_key_that_was_given_never_comes_back(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var leaked = Material.Given();
        await using var before = await KeyNode.StartAsync(database, new ManualClock(), leaked);
        var kid = before.Ring.Current(KeyAlgorithm.RS256).Kid;
        Assert.Equal("KEY_IS_GIVEN", (await before.Retire.RunAsync(kid, now: false, Ct)).Failure?.Code);

        await using var after = await KeyNode.StartAsync(database, new ManualClock(), Material.Given());
        Assert.NotNull(after.Ring.Find(kid));
        Assert.True((await after.Retire.RunAsync(kid, now: true, Ct)).Succeeded);

        Assert.Null(after.Ring.Find(kid));
        await before.Reload.RunAsync(Ct); // a node that still holds it stops using it too
        Assert.Null(before.Ring.Find(kid));
        Assert.False(before.Ring.IsReady);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => KeyNode.StartAsync(database, new ManualClock(), leaked));
        Assert.StartsWith("RSA_PRIVATE_KEY holds a key that was revoked", error.Message, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task The_list_says_where_each_key_comes_from_and_where_it_stands(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var clock = new ManualClock();
        await using var before = await KeyNode.StartAsync(database, clock, Material.Given());
        await using var node = await KeyNode.StartAsync(database, clock, Material.Given());
        await node.Rotate.RequestAsync(KeyAlgorithm.EdDSA, now: false, Ct);

        var keys = await node.List.RunAsync(Ct);

        Assert.Equal(
            [
                ("RS256", "RSA_PRIVATE_KEY", KeyStatus.Current), ("RS256", "remembered", KeyStatus.Retired),
                ("EdDSA", "database", KeyStatus.Current), ("EdDSA", "database", KeyStatus.Next), ("EdDSA", "database", KeyStatus.Retired),
            ],
            keys.Select(key => (key.Algorithm.ToString(), key.Source, key.Status)));
        Assert.Equal(KeyStatus.Retired, (await node.Retire.RunAsync(keys[3].Kid, now: false, Ct)).Value.Status);
        Assert.Equal("NOT_FOUND", (await node.Retire.RunAsync("nobody", now: true, Ct)).Failure?.Code);
    }

    private static IEnumerable<string> Rsa(KeyNode node) => node.Ring.Published(KeyAlgorithm.RS256).Select(key => key.Kid);

    private static Task<long> CountAsync(TestDb database, string status) =>
        database.Db.NumberAsync($"select count(*) as n from signing_keys where status = {status}", Ct);
}
