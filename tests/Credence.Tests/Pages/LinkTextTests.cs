using Credence.Server.Pages.Permissions;

namespace Credence.Tests.Pages;

public sealed class LinkTextTests
{
    [Theory]
    [InlineData("https://id.example/permissions#session=a.b-c_d.e")]
    [InlineData("  https://id.example/permissions?session=a.b-c_d.e\n")]
    [InlineData("https://id.example/permissions?x=1&session=a.b-c_d.e&y=2#z")]
    [InlineData("#session=a%2Eb-c_d.e")]
    [InlineData("session=a.b-c_d.e")]
    [InlineData("a.b-c_d.e")]
    public void A_token_is_found_in_whatever_part_of_a_link_was_pasted(string pasted) => Assert.Equal("a.b-c_d.e", LinkText.Token(pasted));
}
