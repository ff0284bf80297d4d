using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Credence.Server.Grants.Pipeline;

/// <summary>Reads a request's body: at most 1 MiB, JSON, each member once (contract grantex 1.5, 1.6; design D11).</summary>
internal static class JsonBody
{
    /// <summary>The largest body, in bytes.</summary>
    public const int Largest = 1024 * 1024;

    /// <summary>
    /// As much of a body as is taken off the connection when it is too large, in bytes. A connection that is closed with bytes unread is
    /// reset, and the caller, still sending, would never see the 413.
    /// </summary>
    private const int LargestDiscarded = 8 * Largest;

    private const string NotJson = "The body is not valid JSON: check its syntax, and that no member is there twice";
    private static readonly Refusal TooLarge = new(StatusCodes.Status413PayloadTooLarge, "BAD_REQUEST", "The body is larger than 1 MiB");
    private static readonly Refusal Unsupported = new(StatusCodes.Status415UnsupportedMediaType, "BAD_REQUEST", "Send the body as application/json");
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    private enum Media
    {
        None,
        Json,
        Text,
        Other,
    }

    /// <summary>Reads the body into <paramref name="call"/>.</summary>
    /// <returns>Why it cannot be taken; null when it can, or there is none.</returns>
    public static async Task<Refusal?> ReadAsync(GrantsCall call, HttpRequest request, CancellationToken ct)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)) return null;
        DiscardWhatIsTooMuch(request.HttpContext);
        if (request.ContentLength > Largest) return TooLarge;

        var media = MediaOf(request.ContentType, request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<TakesScimJson>() is not null);
        if (media is Media.Other) return Unsupported;
        if (await BytesAsync(request, ct) is not { } bytes) return TooLarge;

        if (bytes.Length > 0)
        {
            return media switch
            {
                Media.None => Unsupported,
                Media.Text => Parse(call, "\"\""u8.ToArray()), // a string, whatever it says: no object, so every handler refuses it
                _ => Parse(call, bytes),
            };
        }

        // Many clients put the content type on every request: a DELETE needs no body, so none is missing.
        if (media is not Media.Json || HttpMethods.IsDelete(request.Method)) return null;
        return new Refusal(StatusCodes.Status400BadRequest, "BAD_REQUEST", "The content type says JSON, but the body is empty");
    }

    /// <summary>The listener reads and drops what is left of a body once the answer is out, as far as its own limit goes.</summary>
    private static void DiscardWhatIsTooMuch(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = LargestDiscarded;
    }

    private static Media MediaOf(string? contentType, bool takesScim)
    {
        if (string.IsNullOrEmpty(contentType)) return Media.None;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)) return Media.Other;
        if (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)) return Media.Other;
        if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)) return Media.Json;
        if (takesScim && type.MediaType.Equals("application/scim+json", StringComparison.OrdinalIgnoreCase)) return Media.Json;
        return type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase) ? Media.Text : Media.Other;
    }

    private static async Task<byte[]?> BytesAsync(HttpRequest request, CancellationToken ct)
    {
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(ct);
            var buffer = read.Buffer;
            if (buffer.Length > Largest || read.IsCompleted)
            {
                var bytes = buffer.Length > Largest ? null : buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return bytes;
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static Refusal? Parse(GrantsCall call, byte[] bytes)
    {
        try
        {
            // The parser would let bad UTF-8 through, and fail later where a text is read.
            if (Utf8.IsValid(bytes))
            {
                call.Take(bytes, JsonDocument.Parse(bytes, Strict));
                return null;
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Bad syntax, too deep, a member twice; or a member's name with an unpaired surrogate.
        }

        return new Refusal(StatusCodes.Status400BadRequest, "BAD_REQUEST", NotJson);
    }
}
