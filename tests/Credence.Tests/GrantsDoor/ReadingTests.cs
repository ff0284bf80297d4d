using System.Net;
using Credence.Agents;
using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Primitives;

namespace Credence.Tests.GrantsDoor;

public sealed class ReadingTests
{
    private static readonly DateTimeOffset Born = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    [Fact]
    public void A_cursor_leads_back_to_the_row_it_was_made_of()
    {
        var id = Id<Agent>.New(Born);

        Assert.True(Cursor.TryRead<Agent>(Cursor.Write(Born, id), out var place));

        Assert.Equal(Born, place.At);
        Assert.Equal(id.ToString(), place.Id);
    }

    [Fact]
    public void Any_other_text_is_no_cursor_and_never_an_exception() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>().Filter(text => text is not null), text =>
        {
            var read = Cursor.TryRead<Agent>(text, out var place);
            return !read || Cursor.Write(place!.At, Id<Agent>.Parse(place.Id)) == text;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Theory]
    [InlineData("")]
    [InlineData("f_______________________________")] // a time beyond the calendar
    [InlineData("gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")] // a time before it
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void A_mangled_cursor_is_refused(string text) => Assert.False(Cursor.TryRead<Agent>(text, out _));

    [Theory]
    [InlineData("Bearer key-of-16-chars!", "key-of-16-chars!")]
    [InlineData("bEARER  \t key", "key")]
    [InlineData("Bearer", null)]
    [InlineData("Bearer ", null)]
    [InlineData("Bearerkey", null)]
    [InlineData("Bearer two words", null)]
    [InlineData("Bearer key ", null)]
    [InlineData("Basic Zm9vOmJhcg==", null)]
    [InlineData(" Bearer key", null)]
    public void The_key_is_what_follows_the_scheme(string header, string? key) => Assert.Equal(key, BearerHeader.Parse(header));

    [Fact]
    public void Two_authorization_headers_are_none() => Assert.Null(BearerHeader.Parse(new StringValues(["Bearer a", "Bearer b"])));

    [Theory]
    [InlineData("/v1/agents/{id}", "/v1/agents/ag_01ABC", true)]
    [InlineData("/v1/agents/{id}", "/v1/Agents/ag_01ABC", false)]
    [InlineData("/v1/agents/{id}", "/v1/agents/ag_01ABC/", false)]
    [InlineData("/v1/agents", "/v1/agents", true)]
    [InlineData("/v1/agents", "/v1/agents/", false)]
    [InlineData("/v1/agents", "/V1/agents", false)]
    [InlineData("/v1/consent/{id}/approve", "/v1/consent/Any/approve", true)]
    [InlineData("/v1/consent/{id}/approve", "/v1/consent/Any/APPROVE", false)]
    public void A_path_is_spelled_as_its_pattern_says(string pattern, string path, bool same) =>
        Assert.Equal(same, ExactPath.IsSpelledLike(RoutePatternFactory.Parse(pattern), path));

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff::", "2001:db8:1:2::/64")]
    public void Limits_count_an_address_or_the_network_one_customer_has(string address, string counted) =>
        Assert.Equal(counted, ClientAddress.Of(IPAddress.Parse(address)));

    [Theory]
    [InlineData("?limit=10", null)]
    [InlineData("?other=1&other=2", null)]
    [InlineData("?limit=0", "limit must be a whole number from 1 to 1000")]
    [InlineData("?limit=1001", "limit must be a whole number from 1 to 1000")]
    [InlineData("?limit=abc", "limit must be a whole number from 1 to 1000")]
    [InlineData("?limit=1&limit=2", "limit must be given once")]
    [InlineData("?limit", "limit must be a whole number from 1 to 1000")]
    [InlineData("?cursor=zzz", "cursor is not one that this server gave")]
    [InlineData("?cursor=%00", "cursor must not contain NUL characters or unpaired surrogates")]
    public void A_query_parameter_comes_once_and_says_something(string query, string? problem)
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString(query);
        var fields = new QueryFields(http.Request.Query);

        fields.Part<Agent>();

        Assert.Equal(problem, fields.Problem?.Detail);
    }
}
