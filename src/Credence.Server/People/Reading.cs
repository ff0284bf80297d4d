using Credence.Passwords;
using Credence.People;
using Credence.Server.Doors;
using Credence.SignIn;

namespace Credence.Server.People;

/// <summary>Members of bodies that several routes of this door take.</summary>
internal static class Reading
{
    /// <summary>A password that is typed to sign in: any text.</summary>
    public static string Password(this Fields fields, string name) => fields.Text(name, 1024);

    /// <summary>A password that is chosen: long enough, and none that everybody tries first.</summary>
    public static string NewPassword(this Fields fields, string name, params IReadOnlyCollection<string> names)
    {
        var password = fields.Text(name, PasswordRule.Longest, PasswordRule.Shortest);
        if (password.Length >= PasswordRule.Shortest && !PasswordRule.Takes(password, names)) fields.Refuse(name, SignInFailures.WeakPassword);
        return password;
    }

    /// <summary>A sort of identifier, in any case: <c>EMAIL</c>, <c>PHONE_NUMBER</c>, <c>USERNAME</c>, or <c>phone</c>.</summary>
    public static IdentifierScheme Scheme(this Fields fields, string name)
    {
        switch (fields.Text(name, 64).ToUpperInvariant())
        {
            case "EMAIL": return IdentifierScheme.Email;
            case "PHONE" or "PHONE_NUMBER": return IdentifierScheme.PhoneNumber;
            case "USERNAME": return IdentifierScheme.Username;
            default:
                fields.Refuse(name, "must be one of EMAIL, PHONE_NUMBER, USERNAME");
                return default;
        }
    }

    /// <summary>How a sort of identifier is written.</summary>
    public static string Word(this IdentifierScheme scheme) => scheme switch
    {
        IdentifierScheme.Email => "EMAIL",
        IdentifierScheme.PhoneNumber => "PHONE_NUMBER",
        _ => "USERNAME",
    };

    /// <summary>An identifier that may be absent, normalised.</summary>
    public static string? IdentifierOrNull(this Fields fields, string name, IdentifierScheme scheme, string otherwise)
    {
        if (fields.TextOrNull(name, 320) is not { Length: > 0 } typed) return null;
        if (Normalized.Of(scheme, typed) is { } value) return value;
        fields.Refuse(name, otherwise);
        return null;
    }
}
