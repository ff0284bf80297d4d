using Credence.Consent;

namespace Credence.Tests.Consent;

public sealed class ScopeWordsTests
{
    [Theory]
    [InlineData("calendar:read")]
    [InlineData("calendar:write")]
    [InlineData("email:read")]
    [InlineData("email:send")]
    [InlineData("email:delete")]
    [InlineData("files:read")]
    [InlineData("files:write")]
    [InlineData("payments:read")]
    [InlineData("payments:initiate")]
    [InlineData("profile:read")]
    [InlineData("contacts:read")]
    public void A_common_scope_has_words_of_its_own(string scope)
    {
        Assert.NotNull(ScopeWords.Find(scope));
        Assert.NotEqual(scope, ScopeWords.Describe(scope));
    }

    [Theory]
    [InlineData("payments:initiate:max_500", "500")]
    [InlineData("payments:initiate:max_1000000", "1,000,000")]
    [InlineData("payments:initiate:max_99999999999999999999999", "99999999999999999999999")]
    public void A_ceiling_on_payments_is_said_with_its_number(string scope, string number) =>
        Assert.Contains(number, ScopeWords.Describe(scope), StringComparison.Ordinal);

    [Theory]
    [InlineData("payments:initiate:max_")]
    [InlineData("payments:initiate:max_5OO")]
    [InlineData("payments:initiate:max_-5")]
    [InlineData("payments:initiate:max_\u0665")]
    [InlineData("Email:read")]
    [InlineData("email:read ")]
    [InlineData("trips:book")]
    public void Any_other_scope_is_shown_as_what_it_is(string scope)
    {
        Assert.Null(ScopeWords.Find(scope));
        Assert.Equal(scope, ScopeWords.Describe(scope));
    }
}
