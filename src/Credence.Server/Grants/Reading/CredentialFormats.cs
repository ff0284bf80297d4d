using Credence.Server.Doors;

namespace Credence.Server.Grants.Reading;

/// <summary>
/// <c>credentialFormat</c>: which further credential shall come with a token. Making one is best effort in the protocol (contract grantex-core 4);
/// this server makes none yet, so the member is checked and the answer goes without.
/// </summary>
internal static class CredentialFormats
{
    private static readonly string[] OnExchange = ["jwt", "vc-jwt", "sd-jwt", "both", Passport];
    private static readonly string[] OnDelegation = ["jwt", "vc-jwt", "both"];

    /// <summary>The format whose answer carries a label, of a passport that nobody makes.</summary>
    public const string Passport = "agent-passport";

    /// <summary>Reads it on a token exchange.</summary>
    public static string? OfExchange(Fields body) => Read(body, OnExchange);

    /// <summary>Reads it on a delegation.</summary>
    public static string? OfDelegation(Fields body) => Read(body, OnDelegation);

    private static string? Read(Fields body, string[] known)
    {
        var format = body.TextOrNull("credentialFormat", 64);
        if (format is not null && !known.Contains(format, StringComparer.Ordinal)) body.Refuse("credentialFormat", $"must be one of {string.Join(", ", known)}");
        return format;
    }
}
