using Credence.Organizations;

namespace Credence.Passkeys;

/// <summary>Whom passkeys are for: <c>FIDO_RP_ID</c>, <c>FIDO_RP_NAME</c>, <c>FIDO_ORIGIN</c> (contract grantex 8).</summary>
public sealed class PasskeyOptions
{
    /// <summary>The domain that passkeys are bound to for good.</summary>
    public string RelyingPartyId { get; set; } = "localhost";

    /// <summary>How prompts name an organization that has chosen no name for them; null for the organization's own.</summary>
    public string? RelyingPartyName { get; set; }

    /// <summary>How the prompt names <paramref name="organization"/>.</summary>
    public string NameOf(Organization organization) => organization.FidoRpName ?? RelyingPartyName ?? organization.Name;

    /// <summary>The origins of the pages that may use them, exactly.</summary>
    public IReadOnlyList<string> Origins { get; set; } = ["http://localhost:3001"];
}
