using Credence.People;
using Credence.Server.Doors;
using Credence.SignIn;

namespace Credence.Server.People;

/// <summary>A code was sent, or it looks so (contract identity B.6).</summary>
internal sealed record CodeSentShape(string SessionToken, string ExpiresAt)
{
    public static CodeSentShape Of(CodeSent sent) => new(sent.SessionToken, sent.ExpiresAt.Iso());
}

/// <summary>An identifier was proven.</summary>
internal sealed record VerifiedShape(bool Verified);

/// <summary>What somebody signs in with.</summary>
internal sealed record LinkedShape(string Id, string Scheme, string Value, bool Verified)
{
    public static LinkedShape Of(PersonIdentifier identifier) => new(identifier.Id.ToString(), identifier.Scheme.Word(), identifier.Value, identifier.Verified);
}

/// <summary>Members that the routes of codes have in common.</summary>
internal static class CodeReading
{
    /// <summary>What an address or number must be.</summary>
    public const string NoEmail = "must be an e-mail address", NoPhone = "must be a telephone number with its country, such as +84912345678";

    private const int LongestCode = 32, LongestSession = 1024;

    /// <summary>The session token and the code that came with it.</summary>
    public static (string SessionToken, string Code) Code(this Fields fields) => (fields.Text("sessionToken", LongestSession), fields.Text("code", LongestCode));

    /// <summary>An address or number that must be there, normalised.</summary>
    public static string Reachable(this Fields fields, string name, IdentifierScheme scheme)
    {
        if (!fields.Has(name)) fields.Refuse(name, "is required");
        return fields.IdentifierOrNull(name, scheme, scheme == IdentifierScheme.Email ? NoEmail : NoPhone) ?? "";
    }

    /// <summary>The language somebody wants to be written to in.</summary>
    public static string? Locale(this Fields fields) => fields.NameOrNull("locale", 16);
}
