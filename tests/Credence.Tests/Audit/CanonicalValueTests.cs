using System.Text.Json;
using Credence.Audit;

namespace Credence.Tests.Audit;

public sealed class CanonicalValueTests
{
    [Theory]
    [InlineData("""{"z":1,"a":{"y":[1,2.0,"é"],"b":null}}""", """{"a":{"b":null,"y":[1,2,"é"]},"z":1}""")]
    [InlineData("""{ "b" : [ ] , "a" : { } , "c" : [ true , false , [ {} ] ] }""", """{"a":{},"b":[],"c":[true,false,[{}]]}""")]
    [InlineData("""{"\ufb33":1,"\ud83d\ude00":2,"é":3,"\r":4,"1":5,"\u0080":6}""", "{\"\\r\":4,\"1\":5,\"\u0080\":6,\"é\":3,\"😀\":2,\"\ufb33\":1}")] // RFC 8785 3.2.3: by code unit, so the pair before U+FB33
    [InlineData("""["\ud800","a\udc00b","\ud83d\ude00","\udc00\ud800"]""", "[\"\\ud800\",\"a\\udc00b\",\"😀\",\"\\udc00\\ud800\"]")]
    [InlineData("""["\u000f\u0008\n\"\\\/\u20ac\u007f"]""", "[\"\\u000f\\b\\n\\\"\\\\/€\u007f\"]")]
    public void Values_have_one_form(string given, string canonical)
    {
        using var parsed = JsonDocument.Parse(given);
        Assert.Equal(canonical, CanonicalValue.Write(parsed.RootElement));
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("2.0", "2")]
    [InlineData("-17.50", "-17.5")]
    [InlineData("1e21", "1e+21")]
    [InlineData("1e20", "100000000000000000000")]
    [InlineData("123456789012345680000", "123456789012345680000")]
    [InlineData("1.5e300", "1.5e+300")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("0.0000001", "1e-7")]
    [InlineData("0.00000123", "0.00000123")]
    [InlineData("0.000000123", "1.23e-7")]
    [InlineData("333333333.33333329", "333333333.3333333")]
    [InlineData("9007199254740993", "9007199254740992")]
    [InlineData("4.50", "4.5")]
    [InlineData("2e-3", "0.002")]
    [InlineData("1E30", "1e+30")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    [InlineData("295147905179352830000", "295147905179352830000")]
    [InlineData("999999999999999900000", "999999999999999900000")]
    [InlineData("1e-400", "0")]
    public void Numbers_are_doubles_written_as_ecmascript_does(string given, string canonical)
    {
        using var parsed = JsonDocument.Parse(given);
        Assert.Equal(canonical, CanonicalValue.Write(parsed.RootElement));
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("""{"a":[-1e999]}""")]
    public void A_number_that_no_double_holds_has_no_form(string given)
    {
        using var parsed = JsonDocument.Parse(given);
        Assert.Null(CanonicalValue.Write(parsed.RootElement));
    }
}
