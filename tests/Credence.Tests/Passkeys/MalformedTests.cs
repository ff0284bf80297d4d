using System.Security.Cryptography;
using Credence.Passkeys;
using Credence.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Credence.Tests.Passkeys;

public sealed class MalformedTests
{
    private static readonly PasskeyOptions Options = new() { RelyingPartyId = SoftAuthenticator.RelyingPartyId, Origins = [SoftAuthenticator.Origin] };

    private static CeremonyOptions Asked() => CeremonyOptions.Get(
        PasskeyChallenge.New(new PasskeyOwner("dev_1", "ada"), PasskeyPurpose.Enrol, "", "AA", DateTimeOffset.UnixEpoch), [], Options);

    [Fact]
    public void Any_bytes_are_a_value_or_are_refused() =>
        Prop.ForAll(Gen.Choose(0, 255).Select(number => (byte)number).ArrayOf().ToArbitrary(), bytes =>
        {
            try
            {
                Cbor.ReadFirst(bytes, out var length);
                return length <= bytes.Length;
            }
            catch (FormatException)
            {
                return true;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    [Theory]
    [InlineData("5affffffff")] // bytes of a length that no array has
    [InlineData("9b7fffffffffffffff")] // a list of as many items
    [InlineData("bb7fffffffffffffff")]
    [InlineData("3bffffffffffffffff")]
    [InlineData("9f")] // a list without an end
    [InlineData("a2010101")]
    [InlineData("a201010102")] // a key twice
    [InlineData("a1f500")] // a key that is true
    [InlineData("c000")] // tagged
    [InlineData("61ff")] // text that is not UTF-8
    [InlineData("81818181818181818181818100")]
    public void What_no_authenticator_writes_is_refused(string hex) => Assert.Throws<FormatException>(() => Cbor.Read(Convert.FromHexString(hex)));

    [Fact]
    public void A_signature_of_any_length_and_form_is_checked_and_refused()
    {
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (numbers, point) = (rsa.ExportParameters(false), ec.ExportParameters(false).Q);
        Dictionary<object, object?>[] keys =
        [
            new() { [1L] = 3L, [3L] = -257L, [-1L] = Bytes(numbers.Modulus!), [-2L] = Bytes(numbers.Exponent!) },
            new() { [1L] = 2L, [3L] = -7L, [-1L] = 1L, [-2L] = Bytes(point.X!), [-3L] = Bytes(point.Y!) },
            new() { [1L] = 1L, [3L] = -8L, [-1L] = 6L, [-2L] = Bytes(RandomNumberGenerator.GetBytes(32)) },
        ];
        foreach (var key in keys.Select(CoseKey.Read))
        {
            foreach (var length in new[] { 0, 1, 63, 64, 65, 70, 71, 72, 255, 256, 257, 5000 }) Assert.False(key.Verify("data"u8, RandomNumberGenerator.GetBytes(length)));
            Assert.False(key.Verify("data"u8, [0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00])); // DER of zero and zero
            key.Dispose();
        }

        static ReadOnlyMemory<byte> Bytes(byte[] bytes) => bytes;
    }

    [Fact]
    public void A_response_that_is_cut_off_or_changed_anywhere_enrols_nothing_it_should_not()
    {
        using var device = new SoftAuthenticator();
        var asked = Asked();
        var good = device.Made(asked);
        var (said, told) = (good.AttestationObject.ToArray(), good.ClientData.ToArray());
        Assert.True(Check(said, told).Succeeded);

        for (var at = 0; at < said.Length; at++) Assert.False(Check(said[..at], told).Succeeded, $"cut off at {at}");
        for (var at = 0; at < told.Length; at++) Assert.False(Check(said, told[..at]).Succeeded, $"client data cut off at {at}");
        for (var at = 0; at < said.Length; at++)
        {
            var changed = said.ToArray();
            changed[at] ^= (byte)RandomNumberGenerator.GetInt32(1, 256);
            Check(changed, told); // an attestation of none signs nothing, so it may still be one: it must only not throw
        }

        Result<CheckedEnrolment> Check(byte[] attestation, byte[] clientData) =>
            CheckResponse.OfEnrolment(good with { AttestationObject = attestation, ClientData = clientData }, asked.Challenge.Value, Options);
    }
}
