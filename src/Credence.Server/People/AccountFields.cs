using System.Globalization;
using Credence.People;
using Credence.Server.Doors;
using Credence.Storage;

namespace Credence.Server.People;

/// <summary>An account as a body describes it: what a person signs up with, and what an administrator makes one of (contract identity ID-10, ID-34).</summary>
/// <param name="UserName">The user name, normalised.</param>
/// <param name="Password">The password, screened.</param>
/// <param name="Email">An address, normalised, or null.</param>
/// <param name="PhoneNumber">A number, normalised, or null.</param>
/// <param name="Profile">What is said of them.</param>
internal sealed record AccountFields(string UserName, string Password, string? Email, string? PhoneNumber, PersonProfile Profile)
{
    /// <inheritdoc/>
    public override string ToString() => $"{UserName} [secret]";
}

/// <summary>How accounts and their parts are read.</summary>
internal static class AccountReading
{
    /// <summary>Reads a whole account from the body; what is wrong is noted there.</summary>
    public static AccountFields Account(this PeopleCall call)
    {
        var body = call.Body;
        var typed = body.Text("username", Normalized.LongestName, Normalized.ShortestName);
        var name = Normalized.UserName(typed);
        if (name is null) body.Refuse("username", "must have 4 to 80 Latin letters, digits, or signs of . _ -");
        var email = body.IdentifierOrNull("email", IdentifierScheme.Email, CodeReading.NoEmail);
        var phone = body.IdentifierOrNull("phone", IdentifierScheme.PhoneNumber, CodeReading.NoPhone);
        string[] names = [.. new[] { name, email?[..email.IndexOf('@', StringComparison.Ordinal)] }.OfType<string>()];
        var password = body.NewPassword("credential", names);
        var profile = call.PartOrNull("profile")?.ProfileChange()(PersonProfile.None) ?? PersonProfile.None;
        return new AccountFields(name ?? "", password, email, phone, profile);
    }

    /// <summary>What a body makes of a profile: a member that is null is cleared, one that is absent stays.</summary>
    public static Func<PersonProfile, PersonProfile> ProfileChange(this Fields profile)
    {
        var (first, last) = (Text("firstName", 100), Text("lastName", 100));
        var (birthday, locale) = (Text("birthday", 10), Text("locale", 16));
        if (birthday is not null && !DateOnly.TryParseExact(birthday, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            profile.Refuse("birthday", "must be a date such as 1990-12-31");
        }

        return before => new PersonProfile(
            profile.Has("firstName") ? first : before.FirstName, profile.Has("lastName") ? last : before.LastName,
            profile.Has("birthday") ? birthday : before.Birthday, profile.Has("locale") ? locale : before.Locale);

        string? Text(string name, int most) => profile.IsNull(name) ? null : profile.NameOrNull(name, most);
    }

    /// <summary>A word of <typeparamref name="TWord"/> in capitals, or null when absent.</summary>
    public static TWord? CapitalOrNull<TWord>(this Fields fields, string name)
        where TWord : struct, Enum
    {
        if (fields.TextOrNull(name, 64) is not { } text) return null;
        var word = text.Any(char.IsAsciiLetterLower) ? null : Words.Find<TWord>(text.ToLowerInvariant());
        if (word is null) fields.Refuse(name, $"must be one of {string.Join(", ", Enum.GetValues<TWord>().Select(each => each.Capital()))}");
        return word;
    }

    /// <summary>A member of <typeparamref name="TWord"/> that must be there, as it is called: <c>User</c>.</summary>
    public static TWord NameOf<TWord>(this Fields fields, string name)
        where TWord : struct, Enum
    {
        var text = fields.Text(name, 64);
        if (text.Length == 0) return default;
        var names = Enum.GetNames<TWord>();
        if (names.Contains(text, StringComparer.Ordinal)) return Enum.Parse<TWord>(text);
        fields.Refuse(name, $"must be one of {string.Join(", ", names)}");
        return default;
    }

    /// <summary>How this door writes a word of the store.</summary>
    public static string Capital(this Enum word) => Words.Of(word).ToUpperInvariant();
}
