using Credence.People;

namespace Credence.Tests.People;

public sealed class NormalizedTests
{
    [Theory]
    [InlineData(IdentifierScheme.Email, " Ada@Example.TEST ", "ada@example.test")]
    [InlineData(IdentifierScheme.PhoneNumber, "+84 (91) 234-56.78", "+84912345678")]
    [InlineData(IdentifierScheme.PhoneNumber, "0084912345678", "+84912345678")]
    [InlineData(IdentifierScheme.Username, " Ada_Lovelace-1.2 ", "ada_lovelace-1.2")]
    [InlineData(IdentifierScheme.Username, "NGUYỄNVĂN", "nguyễnvăn")]
    [InlineData(IdentifierScheme.Username, "Ａｄａ１２", "ada12")]
    public void One_spelling_stands_for_all(IdentifierScheme scheme, string typed, string value)
    {
        Assert.Equal(value, Normalized.Of(scheme, typed));
        Assert.Equal(value, Normalized.Of(scheme, value));
    }

    [Theory]
    [InlineData(IdentifierScheme.Email, "ada")]
    [InlineData(IdentifierScheme.PhoneNumber, "0912345678")]
    [InlineData(IdentifierScheme.PhoneNumber, "+1234567")]
    [InlineData(IdentifierScheme.PhoneNumber, "+1234567890123456")]
    [InlineData(IdentifierScheme.PhoneNumber, "+0123456789")]
    [InlineData(IdentifierScheme.PhoneNumber, "+84912345678x")]
    [InlineData(IdentifierScheme.PhoneNumber, "")]
    [InlineData(IdentifierScheme.Username, "ada")]
    [InlineData(IdentifierScheme.Username, "ada lovelace")]
    [InlineData(IdentifierScheme.Username, "ada@example.test")]
    [InlineData(IdentifierScheme.Username, "аdаа")] // the first letters are Cyrillic
    [InlineData(IdentifierScheme.Username, "adaŉa")] // NFKC makes two letters of that one
    [InlineData(IdentifierScheme.Username, "ada\u0301a")]
    [InlineData(IdentifierScheme.Username, "ada\ud83d\ude00")]
    public void What_is_none_is_refused(IdentifierScheme scheme, string typed) => Assert.Null(Normalized.Of(scheme, typed));
}
