using Credence.Keys;
using Credence.Proofs;
using FsCheck;
using FsCheck.Fluent;

namespace Credence.Tests.Proofs;

public sealed class SignedNoteTests
{
    /// <summary>The example that the documentation of the format's first implementation shows.</summary>
    private const string Foreign =
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    private const string ForeignKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    private static readonly SigningKey Key = SigningKey.Generate(KeyAlgorithm.EdDSA);

    private static readonly Checkpoint Sample = new(
        "credence.example.test/audit/dev_1", 300, Merkle.Leaf("x"u8), new DateTimeOffset(2026, 3, 1, 12, 0, 0, 7, TimeSpan.Zero), Merkle.Leaf("y"u8), 12);

    [Fact]
    public void A_note_of_another_implementation_verifies()
    {
        var key = new NoteKey("PeterNeumann", NoteKey.ParsePublic(ForeignKey)!);
        Assert.Equal(ForeignKey, key.Verifier);
        Assert.True(SignedNote.IsSignedBy(Foreign, key));
        Assert.False(SignedNote.IsSignedBy(Foreign.Replace("your", "our", StringComparison.Ordinal), key));
        Assert.False(SignedNote.IsSignedBy(Foreign, new NoteKey("PeterNeumann", Key)));
    }

    [Fact]
    public void A_checkpoint_reads_back_as_it_was_written()
    {
        foreach (var each in new[] { Sample, Sample with { Previous = null }, Sample with { Dropped = 0 }, Sample with { Previous = null, Dropped = 0 } })
        {
            var read = Checkpoint.Parse(each.Text())!;
            Assert.Equal(each.Text(), read.Text());
            Assert.Equal((each.Size, each.Time, each.Dropped, each.Previous is null), (read.Size, read.Time, read.Dropped, read.Previous is null));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\n1\n")]
    [InlineData("a\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\ntime 2026-03-01T12:00:00.000Z\n")]
    [InlineData("a\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\ntime 2026-03-01T12:00:00.000Z\n")]
    [InlineData("a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\ntime now\n")]
    [InlineData("a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\ntime 2026-03-01T12:00:00.000Z\ndropped 5\nprevious 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")]
    public void Text_that_says_the_same_in_another_way_is_no_checkpoint(string text) => Assert.Null(Checkpoint.Parse(text));

    [Fact]
    public void A_signature_holds_for_one_text_one_name_and_one_key()
    {
        var note = SignedNote.Sign(Sample.Text(), new NoteKey(Sample.Origin, Key));
        Assert.True(SignedNote.IsSignedBy(note, new NoteKey(Sample.Origin, Key)));
        Assert.Equal(Sample.Text(), SignedNote.TextOf(note));
        Assert.False(SignedNote.IsSignedBy(note, new NoteKey("other", Key)));
        Assert.False(SignedNote.IsSignedBy(note, new NoteKey(Sample.Origin, SigningKey.Generate(KeyAlgorithm.EdDSA))));
        Assert.False(SignedNote.IsSignedBy(note.Replace("\n300\n", "\n301\n", StringComparison.Ordinal), new NoteKey(Sample.Origin, Key)));
        Assert.True(SignedNote.IsSignedBy(note + "— witness.example AAAA\n", new NoteKey(Sample.Origin, Key))); // others may sign too
    }

    [Fact]
    public void A_file_of_notes_is_read_note_by_note()
    {
        var first = SignedNote.Sign(Sample.Text(), new NoteKey(Sample.Origin, Key));
        var second = SignedNote.Sign((Sample with { Size = 400 }).Text(), new NoteKey(Sample.Origin, Key));
        foreach (var file in new[] { first + second, $"{first}\n{second}\n" })
        {
            using var text = new StringReader(file);
            Assert.Equal([300, 400], KeptCheckpoints.Read(text, [Key]).Select(kept => kept.Size));
        }

        using var forged = new StringReader(first + second.Replace("400", "401", StringComparison.Ordinal));
        Assert.Throws<InvalidDataException>(() => KeptCheckpoints.Read(forged, [Key]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("a+b+c")]
    [InlineData("PeterNeumann+c74f20a3+AhpcARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy")]
    public void Other_text_is_no_public_key(string text) => Assert.Null(NoteKey.ParsePublic(text));

    [Fact]
    public void Every_public_key_is_read_in_both_forms() =>
        Prop.ForAll(Gen.Choose(0, 255).Select(at => (byte)at).ArrayOf(32).ToArbitrary(), bytes =>
        {
            var key = NoteKey.Public(bytes);
            return NoteKey.ParsePublic(Convert.ToBase64String(bytes))?.Kid == key.Kid && NoteKey.ParsePublic(new NoteKey("a.example/log", key).Verifier)?.Kid == key.Kid;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void A_public_key_with_plus_signs_in_it_is_not_taken_for_the_other_form() =>
        Assert.NotNull(NoteKey.ParsePublic("AAAA+AAAAAAAA+AAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
}
