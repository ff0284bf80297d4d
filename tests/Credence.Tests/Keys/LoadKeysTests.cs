using Credence.Keys;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.Keys;

public sealed class LoadKeysTests
{
    private static readonly byte[] Payload = "{}"u8.ToArray();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachEngine]
    public async Task A_data_key_alone_makes_every_kind_once_and_a_restart_changes_nothing(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var options = Material.Stored();
        await using var first = await KeyNode.StartAsync(database, new ManualClock(), options);
        await using var again = await KeyNode.StartAsync(database, new ManualClock(), options);

        Assert.True(first.Ring.IsReady);
        Assert.Equal(KeyAlgorithm.ES256, first.Ring.For(KeyAlgorithm.ES256));
        Assert.Equal(["RS256", "ES256", "EdDSA"], first.Ring.Published().Select(key => key.Alg));
        Assert.Equal(first.Ring.Published(), again.Ring.Published());
        Assert.True(Jws.Verify(again.Ring, Jws.Sign(first.Ring.Current(KeyAlgorithm.ES256), null, Payload), KeyAlgorithm.ES256, null).Succeeded);
    }

    [Theory, EachEngine]
    public async Task No_private_key_lies_readable_in_the_database(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        await using var node = await KeyNode.StartAsync(database, new ManualClock(), Material.Stored());

        var kept = await database.Db.ListAsync($"select private_key from signing_keys", row => row.Text("private_key"), Ct);

        Assert.Equal(3, kept.Count);
        Assert.All(kept, text => Assert.Matches("^v1\\.[0-9a-f]{8}\\.[A-Za-z0-9_-]+$", text));
    }

    [Theory, EachEngine]
    public async Task Nodes_that_start_together_agree_on_one_key_of_each_kind(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var options = Material.Stored();
        var nodes = Enumerable.Range(0, 6).Select(_ => new KeyNode(database, new ManualClock(), options)).ToList();

        await Task.WhenAll(nodes.Select(node => Task.Run(() => node.Load.RunAsync(Ct), Ct)));

        foreach (var algorithm in Enum.GetValues<KeyAlgorithm>()) Assert.Single(nodes.Select(node => node.Ring.Current(algorithm).Kid).Distinct());
        Assert.Equal(3, await database.Db.NumberAsync($"select count(*) as n from signing_keys", Ct));
        foreach (var node in nodes) await node.DisposeAsync();
    }

    [Theory, EachEngine]
    public async Task Another_data_key_stops_the_start_and_says_what_would_mend_it(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var right = Material.Stored();
        await using (await KeyNode.StartAsync(database, new ManualClock(), right))
        {
        }

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => KeyNode.StartAsync(database, new ManualClock(), Material.Stored()));

        Assert.StartsWith("DATA_ENCRYPTION_KEY does not open", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(right.DataEncryptionKey!, error.Message, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task A_changed_data_key_with_the_former_beside_it_encrypts_everything_again(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var before = Material.Stored();
        await using var old = await KeyNode.StartAsync(database, new ManualClock(), before);
        var after = new KeyOptions { DataEncryptionKey = Material.DataKey(), DataEncryptionKeyPrevious = before.DataEncryptionKey };
        await using var both = await KeyNode.StartAsync(database, new ManualClock(), after);

        await using var alone = await KeyNode.StartAsync(database, new ManualClock(), new KeyOptions { DataEncryptionKey = after.DataEncryptionKey });

        Assert.Equal(old.Ring.Published(), both.Ring.Published());
        Assert.Equal(old.Ring.Published(), alone.Ring.Published());
        Assert.True(alone.Ring.IsReady);
    }

    [Theory, EachEngine]
    public async Task A_lost_data_key_is_overcome_by_rotating_at_once_and_tokens_live_on(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var clock = new ManualClock();
        await using var lost = await KeyNode.StartAsync(database, clock, Material.Stored());
        Assert.True((await lost.Rotate.RequestAsync(null, now: false, Ct)).Succeeded); // the next keys are lost with it
        var token = Jws.Sign(lost.Ring.Current(KeyAlgorithm.RS256), null, Payload);
        var options = Material.Stored();

        await using (var command = new KeyNode(database, clock, options)) Assert.True((await command.Rotate.RequestAsync(null, now: true, Ct)).Succeeded);
        await using var node = await KeyNode.StartAsync(database, clock, options);

        Assert.True(node.Ring.IsReady);
        Assert.NotEqual(lost.Ring.Current(KeyAlgorithm.RS256).Kid, node.Ring.Current(KeyAlgorithm.RS256).Kid);
        Assert.True(Jws.Verify(node.Ring, token, KeyAlgorithm.RS256, null).Succeeded);
    }

    [Theory, EachEngine]
    public async Task An_RSA_key_alone_gets_an_Ed25519_key_beside_it_and_stands_in_for_P256(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var options = Material.Given();
        await using var node = await KeyNode.StartAsync(database, new ManualClock(), options);
        await using var again = await KeyNode.StartAsync(database, new ManualClock(), options);

        Assert.True(node.Ring.IsReady);
        Assert.Equal(KeyAlgorithm.RS256, node.Ring.For(KeyAlgorithm.ES256));
        Assert.Empty(node.Ring.Published(KeyAlgorithm.ES256));
        Assert.Equal(node.Ring.Current(KeyAlgorithm.EdDSA).Kid, again.Ring.Current(KeyAlgorithm.EdDSA).Kid);
        Assert.False(node.Envelope.CanProtect);
    }

    [Theory, EachEngine]
    public async Task Tokens_of_a_replaced_RSA_key_still_verify_and_the_Ed25519_key_under_it_is_replaced_too(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var clock = new ManualClock();
        await using var before = await KeyNode.StartAsync(database, clock, Material.Given());
        var token = Jws.Sign(before.Ring.Current(KeyAlgorithm.RS256), null, Payload);
        var checkpoint = Jws.Sign(before.Ring.Current(KeyAlgorithm.EdDSA), null, Payload);

        await using var after = await KeyNode.StartAsync(database, clock, Material.Given());

        Assert.NotEqual(before.Ring.Current(KeyAlgorithm.RS256).Kid, after.Ring.Current(KeyAlgorithm.RS256).Kid);
        Assert.NotEqual(before.Ring.Current(KeyAlgorithm.EdDSA).Kid, after.Ring.Current(KeyAlgorithm.EdDSA).Kid);
        Assert.True(Jws.Verify(after.Ring, token, KeyAlgorithm.RS256, null).Succeeded);
        Assert.True(Jws.Verify(after.Ring, checkpoint, KeyAlgorithm.EdDSA, null).Succeeded);
        Assert.False(after.Ring.Find(before.Ring.Current(KeyAlgorithm.RS256).Kid)!.CanSign);
        Assert.Equal(after.Ring.Current(KeyAlgorithm.RS256).Kid, after.Ring.Published(KeyAlgorithm.RS256)[0].Kid);

        // The node that still has the former settings goes on as it was, and knows the new keys.
        await before.Reload.RunAsync(Ct);
        Assert.True(before.Ring.IsReady);
        Assert.NotNull(before.Ring.Find(after.Ring.Current(KeyAlgorithm.RS256).Kid));
        Assert.True(Jws.Verify(after.Ring, Jws.Sign(before.Ring.Current(KeyAlgorithm.EdDSA), null, Payload), KeyAlgorithm.EdDSA, null).Succeeded);
    }

    [Theory, EachEngine]
    public async Task A_given_key_is_remembered_for_as_long_as_its_tokens_may_live_after_it_was_last_held(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var clock = new ManualClock();
        var former = Material.Given();
        await using var before = await KeyNode.StartAsync(database, clock, former);
        var kid = before.Ring.Current(KeyAlgorithm.RS256).Kid;
        clock.Advance(TimeSpan.FromDays(300));
        await before.Reload.RunAsync(Ct); // still held

        await using var after = await KeyNode.StartAsync(database, clock, Material.Given());
        clock.Advance(TimeSpan.FromDays(366));
        await after.Rotate.RunAsync(Ct);
        Assert.NotNull(after.Ring.Find(kid));

        clock.Advance(TimeSpan.FromDays(2));
        await after.Rotate.RunAsync(Ct);
        Assert.Null(after.Ring.Find(kid));
        Assert.DoesNotContain(await after.List.RunAsync(Ct), key => key.Kid == kid);
    }

    [Theory, EachEngine]
    public async Task A_given_key_comes_before_one_the_database_keeps_which_goes_on_verifying(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var options = Material.Stored();
        await using var before = await KeyNode.StartAsync(database, new ManualClock(), options);
        var token = Jws.Sign(before.Ring.Current(KeyAlgorithm.RS256), null, Payload);

        await using var after = await KeyNode.StartAsync(
            database, new ManualClock(), new KeyOptions { DataEncryptionKey = options.DataEncryptionKey, RsaPrivateKey = Material.RsaPem() });

        Assert.NotEqual(before.Ring.Current(KeyAlgorithm.RS256).Kid, after.Ring.Current(KeyAlgorithm.RS256).Kid);
        Assert.Equal(before.Ring.Current(KeyAlgorithm.EdDSA).Kid, after.Ring.Current(KeyAlgorithm.EdDSA).Kid);
        Assert.True(Jws.Verify(after.Ring, token, KeyAlgorithm.RS256, null).Succeeded);
    }

    [Theory, EachEngine]
    public async Task A_folder_is_watched_the_last_name_signs_and_a_next_one_is_only_shown(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        using var folder = new TestFolder();
        folder.Write("2026-01.pem", Material.RsaPem());
        folder.Write("ed25519.pem", Material.Ed25519Pem());
        await using var node = await KeyNode.StartAsync(database, new ManualClock(), new KeyOptions { KeysDir = folder.Path });
        var january = node.Ring.Current(KeyAlgorithm.RS256).Kid;
        var version = node.Ring.Version;

        var file = folder.Write("2026-04.next.pem", Material.RsaPem());
        await node.Reload.RunAsync(Ct);
        var published = node.Ring.Published(KeyAlgorithm.RS256).Select(key => key.Kid).ToList();
        Assert.Equal(2, published.Count);
        Assert.Equal(january, node.Ring.Current(KeyAlgorithm.RS256).Kid);
        Assert.True(node.Ring.Version > version);

        File.Move(file, Path.Combine(folder.Path, "2026-04.pem"));
        await node.Reload.RunAsync(Ct);
        Assert.Equal(published[1], node.Ring.Current(KeyAlgorithm.RS256).Kid);
        Assert.Equal([published[1], january], node.Ring.Published(KeyAlgorithm.RS256).Select(key => key.Kid));

        version = node.Ring.Version;
        folder.Write("2026-07.pem", "-----BEGIN PRIV"); // half written
        await node.Reload.RunAsync(Ct);
        Assert.Equal(published[1], node.Ring.Current(KeyAlgorithm.RS256).Kid);
        Assert.Equal(version, node.Ring.Version);
    }

    [Theory, EachEngine]
    public async Task In_development_keys_are_made_once_and_kept(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        using var folder = new TestFolder();
        var options = new KeyOptions { AutoGenerate = true, DevelopmentKeyFile = Path.Combine(folder.Path, "deep", "data-encryption.key") };
        var nodes = Enumerable.Range(0, 6).Select(_ => new KeyNode(database, new ManualClock(), options)).ToList();

        await Task.WhenAll(nodes.Select(node => Task.Run(() => node.Load.RunAsync(Ct), Ct)));
        await using var later = await KeyNode.StartAsync(database, new ManualClock(), options);

        foreach (var node in nodes)
        {
            Assert.Equal(later.Ring.Published(), node.Ring.Published());
            Assert.True(node.Ring.Current(KeyAlgorithm.ES256).CanSign);
            await node.DisposeAsync();
        }

        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(options.DevelopmentKeyFile)!));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(options.DevelopmentKeyFile));
    }
}
