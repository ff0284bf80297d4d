using Microsoft.Extensions.Primitives;

namespace Credence.Server.Pages.Consent;

/// <summary>What the consent page's form sends: one request and one decision, each once.</summary>
/// <param name="RequestId">The consent request, as text.</param>
/// <param name="Approve">The decision.</param>
/// <param name="Passkey">What a passkey says of who decides; null when none was asked.</param>
internal sealed record ConsentForm(string RequestId, bool Approve, PasskeyField? Passkey)
{
    /// <summary>Reads the body, or says why it cannot be taken.</summary>
    public static async Task<(ConsentForm? Form, Notice? Notice)> ReadAsync(HttpContext http, CancellationToken ct)
    {
        var (form, refused) = await PageForm.ReadAsync(http, ct);
        if (form is null) return (null, ConsentNotices.BadForm(refused));
        return Read(form["req"], form["decision"], form["passkey"]) is { } read ? (read, null) : (null, ConsentNotices.BadForm(StatusCodes.Status400BadRequest));
    }

    private static ConsentForm? Read(StringValues request, StringValues decision, StringValues passkey)
    {
        if (request is not [{ } id] || decision is not ["approve" or "deny"] || passkey.Count > 1) return null;
        var proof = passkey.Count == 0 ? null : PasskeyField.Read(passkey[0]);
        return passkey.Count == 0 || proof is not null ? new ConsentForm(id, decision == "approve", proof) : null;
    }
}
