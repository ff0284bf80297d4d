using Credence.Passwords;

namespace Credence.Tests.Passwords;

public sealed class CommonPasswordsTests
{
    [Theory]
    [InlineData("password")]
    [InlineData("Password123!")]
    [InlineData("P@ssw0rd")]
    [InlineData("iloveyou1")]
    [InlineData("qwertyuiop")]
    [InlineData("aaaaaaaa")]
    [InlineData("abababab")]
    [InlineData("12345678")]
    [InlineData("hgfedcba")]
    [InlineData("ada.lovelace")]
    [InlineData("Ada.Lovelace2026")]
    public void What_everybody_tries_first_is_known(string password) => Assert.True(CommonPasswords.IsOne(password, "ada.lovelace"));

    [Theory]
    [InlineData("correct horse staple")]
    [InlineData("dragon of the north")]
    [InlineData("Tr0ub4dor&3xyz")]
    [InlineData("11 pipers piping")]
    [InlineData("ada.lovelace loves engines")]
    public void What_is_only_near_it_is_not(string password) => Assert.False(CommonPasswords.IsOne(password, "ada.lovelace"));
}
