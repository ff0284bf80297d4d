using System.Text.Json;

namespace Credence.Server.Hosting.Requests;

/// <summary>Small JSON answers of the host itself.</summary>
internal static class Answer
{
    /// <summary>Writes an answer of bytes that are ready; a HEAD request gets its headers alone.</summary>
    public static Task BytesAsync(HttpContext context, int status, ReadOnlyMemory<byte> body, string contentType)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>Writes JSON that is ready.</summary>
    public static Task JsonAsync(HttpContext context, int status, ReadOnlyMemory<byte> body) =>
        BytesAsync(context, status, body, "application/json; charset=utf-8");

    /// <summary>Writes <c>{message, code, requestId}</c> (contract grantex 2).</summary>
    public static async Task ErrorAsync(HttpContext context, int status, string message, string code)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("message", message);
            json.WriteString("code", code);
            json.WriteString("requestId", context.TraceIdentifier);
            json.WriteEndObject();
        }

        await JsonAsync(context, status, body.ToArray());
    }
}
