using Credence.Server.Pages;
using Microsoft.AspNetCore.Http;

namespace Credence.Tests.Pages;

public sealed class PostedHereTests
{
    [Theory]
    [InlineData(null, null, true)] // no browser
    [InlineData("same-origin", "https://id.example", true)]
    [InlineData("none", null, true)]
    [InlineData(null, "https://id.example", true)]
    [InlineData(null, "http://inside:3001", true)] // asked without the proxy
    [InlineData("cross-site", "https://id.example", false)]
    [InlineData("same-site", "https://evil.example", false)]
    [InlineData("same-origin", "https://evil.example", false)]
    [InlineData(null, "https://id.example.evil.example", false)]
    [InlineData(null, "https://id.example:8443", false)]
    [InlineData(null, "null", false)]
    [InlineData("", null, false)]
    public void A_form_counts_when_nothing_says_that_it_came_from_elsewhere(string? site, string? origin, bool counts)
    {
        var request = new DefaultHttpContext().Request;
        request.Scheme = "http";
        request.Host = new HostString("inside", 3001);
        if (site is not null) request.Headers["Sec-Fetch-Site"] = site;
        if (origin is not null) request.Headers.Origin = origin;

        Assert.Equal(counts, PostedHere.Test(request, new Uri("https://id.example")));
    }
}
