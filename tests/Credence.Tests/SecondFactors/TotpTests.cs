using System.Text;
using Credence.SecondFactors;

namespace Credence.Tests.SecondFactors;

/// <summary>Codes that an app makes (RFC 4226, RFC 6238).</summary>
public sealed class TotpTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890"); // that of both RFCs' tables

    /// <summary>RFC 4226, appendix D.</summary>
    [Theory]
    [InlineData(0, "755224")]
    [InlineData(1, "287082")]
    [InlineData(2, "359152")]
    [InlineData(3, "969429")]
    [InlineData(4, "338314")]
    [InlineData(5, "254676")]
    [InlineData(6, "287922")]
    [InlineData(7, "162583")]
    [InlineData(8, "399871")]
    [InlineData(9, "520489")]
    public void A_code_of_a_counter_is_that_of_rfc_4226(long counter, string code) => Assert.Equal(code, Totp.CodeOf(Secret, counter));

    /// <summary>RFC 6238, appendix B, SHA-1: its codes have eight digits, of which ours are the last six.</summary>
    [Theory]
    [InlineData(59, "94287082")]
    [InlineData(1111111109, "07081804")]
    [InlineData(1111111111, "14050471")]
    [InlineData(1234567890, "89005924")]
    [InlineData(2000000000, "69279037")]
    [InlineData(20000000000, "65353130")]
    public void A_code_of_a_time_is_that_of_rfc_6238(long seconds, string code) =>
        Assert.Equal(code[2..], Totp.CodeOf(Secret, Totp.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds))));

    [Fact]
    public void A_clock_may_be_wrong_by_half_a_minute_and_no_more()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_234_567_890);
        var step = Totp.StepAt(now);
        long?[] found = [.. Enumerable.Range(-3, 7).Select(wrong => Totp.Match(Secret, Totp.CodeOf(Secret, step + wrong), after: 0, now))];
        Assert.Equal([null, null, step - 1, step, step + 1, null, null], found);
    }

    [Fact]
    public void A_code_counts_once_and_none_from_before_it()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_234_567_890);
        var step = Totp.StepAt(now);
        Assert.Null(Totp.Match(Secret, Totp.CodeOf(Secret, step), after: step, now));
        Assert.Null(Totp.Match(Secret, Totp.CodeOf(Secret, step - 1), after: step, now));
        Assert.Equal(step + 1, Totp.Match(Secret, Totp.CodeOf(Secret, step + 1), after: step, now));
    }

    [Theory]
    [InlineData("005 924", true)]
    [InlineData(" 005924\n", true)]
    [InlineData("05924", false)]
    [InlineData("5924", false)]
    [InlineData("0059241", false)]
    [InlineData("00592४", false)]
    [InlineData("", false)]
    [InlineData("００５９２４", false)]
    public void Spaces_do_not_matter_and_everything_else_does(string typed, bool isRight) =>
        Assert.Equal(isRight, Totp.Match(Secret, typed, after: 0, DateTimeOffset.FromUnixTimeSeconds(1_234_567_890)) is not null);

    /// <summary>The address that apps read: names are escaped, so that none of them adds a member.</summary>
    [Fact]
    public void What_an_app_reads_names_issuer_and_account()
    {
        var address = Totp.Address("Example & Co: here", "ada&secret=x", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        Assert.Equal(
            "otpauth://totp/Example%20%26%20Co%3A%20here:ada%26secret%3Dx?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example%20%26%20Co%3A%20here&algorithm=SHA1&digits=6&period=30",
            address);
    }
}
