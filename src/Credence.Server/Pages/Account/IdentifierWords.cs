using Credence.People;

namespace Credence.Server.Pages.Account;

/// <summary>What a person calls the names that they sign in with.</summary>
internal static class IdentifierWords
{
    /// <summary><c>E-mail address, verified</c>.</summary>
    public static string Of(PersonIdentifier identifier) => identifier.Scheme switch
    {
        IdentifierScheme.Username => "User name",
        IdentifierScheme.Email => $"E-mail address, {Proof(identifier)}",
        _ => $"Phone number, {Proof(identifier)}",
    };

    private static string Proof(PersonIdentifier identifier) => identifier.Verified ? "verified" : "not verified yet";
}
