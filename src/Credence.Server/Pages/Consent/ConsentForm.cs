using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Credence.Server.Pages.Consent;

/// <summary>What the consent page's form sends: one request and one decision, each once.</summary>
/// <param name="RequestId">The consent request, as text.</param>
/// <param name="Approve">The decision.</param>
internal sealed record ConsentForm(string RequestId, bool Approve)
{
    private const int LargestBody = 64 * 1024;

    private static readonly FormOptions Limits = new() { BufferBodyLengthLimit = LargestBody, KeyLengthLimit = 256, ValueLengthLimit = 1024, ValueCountLimit = 16 };

    /// <summary>Reads the body, or says why it cannot be taken.</summary>
    public static async Task<(ConsentForm? Form, ConsentNotice? Notice)> ReadAsync(HttpContext http, CancellationToken ct)
    {
        if (!IsForm(http.Request.ContentType)) return Refuse(StatusCodes.Status415UnsupportedMediaType);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = LargestBody;

        try
        {
            var form = await new FormFeature(http.Request, Limits).ReadFormAsync(ct);
            return Read(form["req"], form["decision"]) is { } read ? (read, null) : Refuse(StatusCodes.Status400BadRequest);
        }
        catch (BadHttpRequestException bad)
        {
            return Refuse(bad.StatusCode);
        }
        catch (InvalidDataException)
        {
            return Refuse(StatusCodes.Status400BadRequest); // more, or longer, fields than the page has
        }
    }

    private static (ConsentForm?, ConsentNotice?) Refuse(int status) => (null, ConsentNotices.BadForm(status));

    private static ConsentForm? Read(StringValues request, StringValues decision) => (request, decision) switch
    {
        ([{ } id], ["approve"]) => new ConsentForm(id, true),
        ([{ } id], ["deny"]) => new ConsentForm(id, false),
        _ => null,
    };

    private static bool IsForm(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
}
