using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Credence.Server.Pages;

/// <summary>Reads what a page's own form sends: a few short fields.</summary>
internal static class PageForm
{
    private const int LargestBody = 64 * 1024;

    private static readonly FormOptions Limits = new() { BufferBodyLengthLimit = LargestBody, KeyLengthLimit = 256, ValueLengthLimit = 32 * 1024, ValueCountLimit = 16 };

    /// <returns>The fields, or the status with which the body is refused.</returns>
    public static async Task<(IFormCollection? Form, int Refused)> ReadAsync(HttpContext http, CancellationToken ct)
    {
        if (!IsForm(http.Request.ContentType)) return (null, StatusCodes.Status415UnsupportedMediaType);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = LargestBody;

        try
        {
            return (await new FormFeature(http.Request, Limits).ReadFormAsync(ct), 0);
        }
        catch (BadHttpRequestException bad)
        {
            return (null, bad.StatusCode);
        }
        catch (InvalidDataException)
        {
            return (null, StatusCodes.Status400BadRequest); // more, or longer, fields than a page has
        }
    }

    private static bool IsForm(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
}
