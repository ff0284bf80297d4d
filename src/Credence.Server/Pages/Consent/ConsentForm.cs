using Microsoft.Extensions.Primitives;

namespace Credence.Server.Pages.Consent;

/// <summary>What the consent page's form sends: one request and one decision, each once.</summary>
/// <param name="RequestId">The consent request, as text.</param>
/// <param name="Approve">The decision.</param>
/// <param name="Passkey">What a passkey says of who decides; null when none was asked.</param>
/// <param name="Token">What the page wrote for whom it was shown to; null when nobody was signed in.</param>
internal sealed record ConsentForm(string RequestId, bool Approve, PasskeyField? Passkey, string? Token)
{
    /// <summary>Reads the body, or says why it cannot be taken.</summary>
    public static async Task<(ConsentForm? Form, Notice? Notice)> ReadAsync(HttpContext http, CancellationToken ct)
    {
        var (form, refused) = await PageForm.ReadAsync(http, ct);
        if (form is null) return (null, ConsentNotices.BadForm(refused));
        return Read(form["req"], form["decision"], form["passkey"], form["token"]) is { } read ? (read, null) : (null, ConsentNotices.BadForm(StatusCodes.Status400BadRequest));
    }

    private static ConsentForm? Read(StringValues request, StringValues decision, StringValues passkey, StringValues token)
    {
        if (request is not [{ } id] || decision is not ["approve" or "deny"] || passkey.Count > 1 || token.Count > 1) return null;
        var proof = passkey.Count == 0 ? null : PasskeyField.Read(passkey[0]);
        return passkey.Count == 0 || proof is not null ? new ConsentForm(id, decision == "approve", proof, token.Count == 1 ? token[0] : null) : null;
    }
}
