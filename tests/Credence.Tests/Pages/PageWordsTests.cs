using Credence.Server.Pages;

namespace Credence.Tests.Pages;

public sealed class PageWordsTests
{
    [Theory]
    [InlineData("0.00:00:01", "1 second")]
    [InlineData("0.00:01:30", "1 minute 30 seconds")]
    [InlineData("0.01:00:00", "1 hour")]
    [InlineData("0.01:30:00", "1 hour 30 minutes")]
    [InlineData("1.00:00:00", "24 hours")]
    [InlineData("2.00:00:00", "2 days")]
    [InlineData("7.05:00:00", "7 days 5 hours")]
    [InlineData("366.00:00:00", "366 days")]
    [InlineData("3650.00:00:00", "3,650 days (about 10 years)")]
    public void A_length_of_time_is_said_in_its_two_largest_units(string span, string said) => Assert.Equal(said, TimeSpan.Parse(span, null).Said());

    [Theory]
    [InlineData("https://a.example/cb", "https://a.example/cb?code=c&state=s")]
    [InlineData("https://a.example", "https://a.example/?code=c&state=s")]
    [InlineData("https://a.example/cb?x=1&y=%2F#part", "https://a.example/cb?x=1&y=%2F&code=c&state=s#part")]
    [InlineData("https://a.example/cb?code=old&x=1&st%61te=old&state", "https://a.example/cb?x=1&code=c&state=s")]
    [InlineData("http://[::1]:3000/cb", "http://[::1]:3000/cb?code=c&state=s")]
    [InlineData("https://a.example:8443/cb?", "https://a.example:8443/cb?code=c&state=s")]
    public void The_way_back_has_its_parameters_set_on_top_of_its_own_query(string redirect, string expected) =>
        Assert.Equal(expected, ReturnAddress.With(redirect, ("code", "c"), ("error", null), ("state", "s")).AbsoluteUri);

    [Fact]
    public void What_the_developer_gave_as_state_comes_back_as_it_was()
    {
        const string state = "a b&c=d+é\u2028#?%41";

        var query = ReturnAddress.With("https://a.example/cb", ("state", state)).Query;

        Assert.Equal(state, Uri.UnescapeDataString(query["?state=".Length..]));
        Assert.DoesNotContain('&', query);
    }

    [Theory]
    [InlineData("Mail reply", "Mail reply")]
    [InlineData("", "(no name)")]
    [InlineData(" \u200B\u202E\u2066", "(no name)")]
    [InlineData("abcdefghijk", "abcdefghij…")]
    [InlineData("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦")]
    public void A_developers_words_are_never_longer_than_their_place(string text, string shown) => Assert.Equal(shown, Untrusted.Shorten(text, 10));

    [Fact]
    public void Marks_piled_upon_a_letter_count()
    {
        var shown = Untrusted.Shorten("a" + new string('\u0301', 500), 10);

        Assert.True(shown.Length <= 41);
    }
}
