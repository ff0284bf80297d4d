using Credence.State;

namespace Credence.Tests.State;

public class RedisUrlTests
{
    [Theory]
    [InlineData("redis://cache")]
    [InlineData("redis://cache:6380/3")]
    [InlineData("redis://:s3cret@cache:6380")]
    [InlineData("rediss://default:p%40ss%2Fword@cache")]
    [InlineData("redis://[::1]:6379/0")]
    [InlineData("redis://127.0.0.1:6379/")]
    [InlineData("redis+sentinel://s1,s2:26380/main")]
    [InlineData("redis+sentinel://:s3cret@s1:26379,s2:26379/main/2")]
    [InlineData("redis+cluster://n1:7000,n2:7001,n3")]
    [InlineData("rediss+cluster://:s3cret@n1,n2/")]
    [InlineData("cache:6379,password=s3cret,ssl=true")]
    public void Each_documented_form_is_taken(string url) => Assert.NotNull(RedisUrl.Parse(url));

    [Theory]
    [InlineData("http://:s3cret@cache")]
    [InlineData("redis+magic://:s3cret@cache")]
    [InlineData("redis://")]
    [InlineData("redis://:s3cret@")]
    [InlineData("redis://s3cret@cache")]
    [InlineData("redis://ada:s3cret@cache")]
    [InlineData("redis://:s3cret@cache:0")]
    [InlineData("redis://:s3cret@cache:70000")]
    [InlineData("redis://:s3cret@cache:port")]
    [InlineData("redis://:s3cret@cache/one")]
    [InlineData("redis://:s3cret@cache/-1")]
    [InlineData("redis://:s3cret@cache/1/2")]
    [InlineData("redis://:s3cret@one,two")]
    [InlineData("redis://:s3cret@cache?ssl=true")]
    [InlineData("redis://:s3cret@ca che")]
    [InlineData("redis+sentinel://:s3cret@s1,s2")]
    [InlineData("redis+sentinel://:s3cret@s1,,s2/main")]
    [InlineData("redis+cluster://:s3cret@n1,n2/1")]
    [InlineData("cache:6379,s3cret=true")]
    [InlineData("cache:6379,ssl=s3cret")]
    [InlineData("cache:s3cret")]
    [InlineData("")]
    [InlineData(",")]
    public void Anything_else_is_refused_without_repeating_it(string url)
    {
        var error = Assert.Throws<FormatException>(() => RedisUrl.Parse(url));

        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Written_out_it_does_not_show_its_password() =>
        Assert.DoesNotContain("s3cret", $"{RedisUrl.Parse("redis://:s3cret@cache")}", StringComparison.Ordinal);
}
