using Credence.Server.Doors;

namespace Credence.Tests.Pages;

public sealed class VisitCookieTests
{
    [Theory]
    [InlineData(null, "accounts.example.test", true)]
    [InlineData(null, "ACCOUNTS.example.test", true)]
    [InlineData(null, "api.example.test", false)]
    [InlineData("example.test", "api.example.test", true)]
    [InlineData("example.test", "example.test", true)]
    [InlineData("example.test", "notexample.test", false)]
    [InlineData("example.test", "example.test.evil", false)]
    public void A_browser_shows_it_to_the_hosts_of_its_domain_or_to_one_alone(string? domain, string host, bool reaches) =>
        Assert.Equal(reaches, new VisitCookie("v", domain, new Uri("https://accounts.example.test")).Reaches(host));
}
