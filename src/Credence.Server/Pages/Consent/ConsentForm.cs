using Microsoft.Extensions.Primitives;

namespace Credence.Server.Pages.Consent;

/// <summary>What the consent page's form sends: one request and one decision, each once.</summary>
/// <param name="RequestId">The consent request, as text.</param>
/// <param name="Approve">The decision.</param>
internal sealed record ConsentForm(string RequestId, bool Approve)
{
    /// <summary>Reads the body, or says why it cannot be taken.</summary>
    public static async Task<(ConsentForm? Form, Notice? Notice)> ReadAsync(HttpContext http, CancellationToken ct)
    {
        var (form, refused) = await PageForm.ReadAsync(http, ct);
        if (form is null) return (null, ConsentNotices.BadForm(refused));
        return Read(form["req"], form["decision"]) is { } read ? (read, null) : (null, ConsentNotices.BadForm(StatusCodes.Status400BadRequest));
    }

    private static ConsentForm? Read(StringValues request, StringValues decision) => (request, decision) switch
    {
        ([{ } id], ["approve"]) => new ConsentForm(id, true),
        ([{ } id], ["deny"]) => new ConsentForm(id, false),
        _ => null,
    };
}
