using Credence.Server.Pages.Account;

namespace Credence.Tests.Pages;

public sealed class LocalReturnTests
{
    [Theory]
    [InlineData("/consent?req=areq_1", "/consent?req=areq_1")]
    [InlineData("/account", "/account")]
    [InlineData("/account/agents?stopped=all", "/account/agents?stopped=all")]
    [InlineData("/account/../account/password", "/account/password")]
    public void A_page_that_people_are_sent_from_is_one_to_go_back_to(string typed, string read) => Assert.Equal(read, LocalReturn.Read(typed));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("account")]
    [InlineData("https://evil.example/account")]
    [InlineData("//evil.example/account")]
    [InlineData("/\\evil.example/account")]
    [InlineData("/account\r\nset-cookie: a=b")]
    [InlineData("/account/../v1/me")]
    [InlineData("/accountant")]
    [InlineData("/consent/x")]
    [InlineData("/permissions")]
    public void Any_other_place_is_none(string? typed) => Assert.Null(LocalReturn.Read(typed));

    [Fact]
    public void An_address_that_is_too_long_is_none() => Assert.Null(LocalReturn.Read("/account?" + new string('a', 8 * 1024)));
}
