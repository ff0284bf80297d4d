using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Credence.Server.Doors;

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
    private static readonly ReadBody TooLarge = new(new BodyProblem(StatusCodes.Status413PayloadTooLarge, "The body is larger than 1 MiB"));
    private static readonly ReadBody Unsupported = new(new BodyProblem(StatusCodes.Status415UnsupportedMediaType, "Send the body as application/json"));
    private static readonly ReadBody None = new(Problem: null);
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    private enum Media
    {
        None,
        Json,
        Text,
        Other,
    }

    /// <summary>Reads the body; what it gives is empty when there is none.</summary>
    /// <param name="request">The request.</param>
    /// <param name="alsoTaken">Another media type that means JSON here, or null.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<ReadBody> ReadAsync(HttpRequest request, string? alsoTaken, CancellationToken ct)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)) return None;
        if (await BytesAsync(request, ct) is not { } bytes) return TooLarge;
        var media = MediaOf(request.ContentType, alsoTaken);
        if (media is Media.Other) return Unsupported;
        if (bytes.Length > 0)
        {
            return media switch
            {
                Media.None => Unsupported,
                Media.Text => Parse("\"\""u8.ToArray()), // a string, whatever it says: no object, so every handler refuses it
                _ => Parse(bytes),
            };
        }

        // Many clients put the content type on every request: a DELETE needs no body, so none is missing.
        if (media is not Media.Json || HttpMethods.IsDelete(request.Method)) return None;
        return new ReadBody(new BodyProblem(StatusCodes.Status400BadRequest, "The content type says JSON, but the body is empty"));
    }

    /// <summary>A body of any type, or null when it is larger than <see cref="Largest"/>.</summary>
    public static async Task<byte[]?> BytesAsync(HttpRequest request, CancellationToken ct)
    {
        DiscardWhatIsTooMuch(request.HttpContext);
        if (request.ContentLength > Largest) return null;
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

    /// <summary>The listener reads and drops what is left of a body once the answer is out, as far as its own limit goes.</summary>
    private static void DiscardWhatIsTooMuch(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = LargestDiscarded;
    }

    private static Media MediaOf(string? contentType, string? alsoTaken)
    {
        if (string.IsNullOrEmpty(contentType)) return Media.None;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)) return Media.Other;
        if (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)) return Media.Other;
        if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)) return Media.Json;
        if (alsoTaken is not null && type.MediaType.Equals(alsoTaken, StringComparison.OrdinalIgnoreCase)) return Media.Json;
        return type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase) ? Media.Text : Media.Other;
    }

    private static ReadBody Parse(byte[] bytes)
    {
        try
        {
            // The parser would let bad UTF-8 through, and fail later where a text is read.
            if (Utf8.IsValid(bytes)) return new ReadBody(Problem: null, bytes, JsonDocument.Parse(bytes, Strict));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Bad syntax, too deep, a member twice; or a member's name with an unpaired surrogate.
        }

        return new ReadBody(new BodyProblem(StatusCodes.Status400BadRequest, NotJson));
    }
}

/// <summary>Why a body cannot be taken.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">The sentence a person reads.</param>
internal sealed record BodyProblem(int Status, string Message);

/// <summary>What became of a body.</summary>
/// <param name="Problem">Why it cannot be taken, or null.</param>
/// <param name="Bytes">The body as it was sent; null when there was none.</param>
/// <param name="Document">The same, parsed.</param>
internal sealed record ReadBody(BodyProblem? Problem, byte[]? Bytes = null, JsonDocument? Document = null);
