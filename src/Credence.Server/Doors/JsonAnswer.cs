using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Credence.Server.Doors;

/// <summary>JSON that is written already, sent with its length so that the connection needs no chunks.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="json">The body.</param>
/// <param name="mediaType">What it is.</param>
internal sealed class JsonAnswer(int status, byte[] json, string mediaType = JsonAnswer.Json) : IResult
{
    private const string Json = "application/json; charset=utf-8";

    /// <summary>An answer with <paramref name="body"/> in it.</summary>
    public static JsonAnswer Of<T>(int status, T body, JsonTypeInfo<T> type) => new(status, JsonSerializer.SerializeToUtf8Bytes(body, type));

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = mediaType;
        response.ContentLength = json.Length;
        return response.Body.WriteAsync(json, httpContext.RequestAborted).AsTask();
    }
}
