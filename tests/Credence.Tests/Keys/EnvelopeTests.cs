using Credence.Keys;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Keys;

public sealed class EnvelopeTests
{
    private static readonly byte[] Plain = "what nobody may read"u8.ToArray();

    [Fact]
    public async Task What_it_encrypts_opens_in_its_own_place_only()
    {
        await using var world = await WorldAsync(Material.Stored());
        var text = world.Envelope.Protect("vault.entry", "row-1", Plain);

        Assert.StartsWith("v1.", text, StringComparison.Ordinal);
        Assert.Equal(Plain, world.Envelope.Open("vault.entry", "row-1", text));
        Assert.Null(world.Envelope.Open("vault.entry", "row-2", text));
        Assert.Null(world.Envelope.Open("webhooks.secret", "row-1", text));
        Assert.NotEqual(text, world.Envelope.Protect("vault.entry", "row-1", Plain));
    }

    [Fact]
    public async Task No_changed_character_goes_unnoticed()
    {
        await using var world = await WorldAsync(Material.Stored());
        var text = world.Envelope.Protect("vault.entry", "row-1", Plain);

        for (var at = 0; at < text.Length - 1; at++) // the last character has bits that mean nothing
        {
            var changed = text[..at] + (text[at] == 'A' ? 'B' : 'A') + text[(at + 1)..];
            Assert.Null(world.Envelope.Open("vault.entry", "row-1", changed));
        }

        foreach (var other in new[] { "", ".", "..", "v1..", "v1.x.", text[..^5], text + "AAAA", "v1" }) Assert.Null(world.Envelope.Open("vault.entry", "row-1", other));
    }

    [Fact]
    public async Task The_previous_key_still_opens_and_what_it_closed_wants_encrypting_again()
    {
        var before = Material.Stored();
        await using var old = await WorldAsync(before);
        await using var current = await WorldAsync(new KeyOptions { DataEncryptionKey = Material.DataKey(), DataEncryptionKeyPrevious = before.DataEncryptionKey });
        await using var stranger = await WorldAsync(Material.Stored());
        var text = old.Envelope.Protect("vault.entry", "row-1", Plain);

        Assert.Equal(Plain, current.Envelope.Open("vault.entry", "row-1", text));
        Assert.True(current.Envelope.NeedsReencryption(text));
        Assert.False(current.Envelope.NeedsReencryption(current.Envelope.Protect("vault.entry", "row-1", Plain)));
        Assert.False(old.Envelope.NeedsReencryption(text));
        Assert.Null(stranger.Envelope.Open("vault.entry", "row-1", text));
    }

    [Fact]
    public async Task Without_a_data_key_it_says_that_it_cannot()
    {
        await using var world = await WorldAsync(Material.Given());

        Assert.False(world.Envelope.CanProtect);
        Assert.Throws<InvalidOperationException>(() => world.Envelope.Protect("vault.entry", "row-1", Plain));
    }

    [Fact]
    public async Task Hex_and_base64_of_the_same_bytes_are_the_same_key()
    {
        var hex = Material.DataKey();
        await using var one = await WorldAsync(new KeyOptions { DataEncryptionKey = hex });
        await using var other = await WorldAsync(new KeyOptions { DataEncryptionKey = Convert.ToBase64String(Convert.FromHexString(hex)) + "\n" });

        Assert.Equal(Plain, other.Envelope.Open("p", "r", one.Envelope.Protect("p", "r", Plain)));
    }

    private static async Task<KeyNode> WorldAsync(KeyOptions options)
    {
        await using var database = await TestDb.OnAsync(EngineKind.Sqlite); // never asked: the envelope knows no database
        return new KeyNode(database, TimeProvider.System, options);
    }
}
