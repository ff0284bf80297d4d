namespace Credence.Server.Grants.Reading;

/// <summary>
/// <c>credentialFormat</c>: which further credential shall come with a token. Making one is best effort in the protocol (contract grantex-core 4);
/// this server makes none yet, so the member is checked and the answer goes without.
/// </summary>
internal static class CredentialFormats
{
    private static readonly string[] OnExchange = ["jwt", "vc-jwt", "sd-jwt", "both", "agent-passport"];
    private static readonly string[] OnDelegation = ["jwt", "vc-jwt", "both"];

    /// <summary>Checks it on a token exchange.</summary>
    public static void CheckExchange(Fields body) => Check(body, OnExchange);

    /// <summary>Checks it on a delegation.</summary>
    public static void CheckDelegation(Fields body) => Check(body, OnDelegation);

    private static void Check(Fields body, string[] known)
    {
        if (body.TextOrNull("credentialFormat", 64) is not { } format || known.Contains(format, StringComparer.Ordinal)) return;
        body.Refuse("credentialFormat", $"must be one of {string.Join(", ", known)}");
    }
}
