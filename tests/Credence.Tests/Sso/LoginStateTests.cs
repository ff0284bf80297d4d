using Credence.Keys;
using Credence.Sso;

namespace Credence.Tests.Sso;

public sealed class LoginStateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly EnvelopeKey First = EnvelopeKey.Data([.. Enumerable.Repeat((byte)1, 32)]);
    private static readonly EnvelopeKey Second = EnvelopeKey.Data([.. Enumerable.Repeat((byte)2, 32)]);
    private static readonly LoginState State = new("dev_1", "sso_1", "request", "https://app.example.test/back", Noon.ToUnixTimeSeconds(), "nonce");

    [Theory]
    [InlineData(0, true)]
    [InlineData(660, true)]
    [InlineData(661, false)]
    [InlineData(-60, true)]
    [InlineData(-61, false)]
    public void A_state_is_good_for_ten_minutes_and_a_minute_of_slack(int seconds, bool isGood)
    {
        var seal = Seal(First);
        Assert.Equal(isGood ? State : null, seal.Read(seal.Write(State), Noon.AddSeconds(seconds)));
    }

    [Fact]
    public void A_state_outlives_a_change_of_the_key_and_not_its_loss()
    {
        var text = Seal(First).Write(State);
        Assert.Equal(State, Seal(Second, First).Read(text, Noon));
        Assert.Null(Seal(Second).Read(text, Noon));
    }

    [Fact]
    public void A_secret_of_the_operators_stands_in_place_of_the_derived_key()
    {
        var given = new StateSeal(new SsoOptions { StateSecret = "a secret of the operator's" }, new Envelope(First));
        Assert.Equal(State, given.Read(given.Write(State), Noon));
        Assert.Null(Seal(First).Read(given.Write(State), Noon));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.b")]
    [InlineData("a.b.c")]
    [InlineData("\ud800.\ud800")]
    public void What_was_not_signed_here_is_no_state(string text) => Assert.Null(Seal(First).Read(text, Noon));

    [Fact]
    public void No_letter_of_a_state_can_be_changed()
    {
        var seal = Seal(First);
        var text = seal.Write(State);
        for (var at = 0; at < text.Length; at++)
        {
            var changed = text.ToCharArray();
            changed[at] = changed[at] == 'A' ? 'B' : 'A';
            Assert.Null(seal.Read(new string(changed), Noon));
        }
    }

    private static StateSeal Seal(params EnvelopeKey[] keys) => new(new SsoOptions(), new Envelope(keys));
}
