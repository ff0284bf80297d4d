using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Credence.Server.Hosting.Requests;

namespace Credence.Server.Grants.Scim;

/// <summary>How SCIM answers: JSON of its own media type, and errors of their own shape (RFC 7644 3.1, 3.12; contract grantex-enterprise 3).</summary>
internal static class ScimAnswers
{
    private const string ErrorUrn = "urn:ietf:params:scim:api:messages:2.0:Error";
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A body.</summary>
    public static IResult Json(int status, JsonObject body) => new Written(status, body);

    /// <summary>A resource, with its version and its address.</summary>
    public static IResult Resource(HttpContext http, int status, JsonObject shown)
    {
        http.Response.Headers.ETag = shown["meta"]!["version"]!.GetValue<string>();
        http.Response.Headers.Location = shown["meta"]!["location"]!.GetValue<string>();
        return Json(status, shown);
    }

    /// <summary>A refusal of this server's rules.</summary>
    public static Task RefuseAsync(HttpContext http, Refusal refusal) => ErrorAsync(http, refusal.Status, refusal.Message, WordFor(refusal.Code, refusal.Status));

    /// <summary>What nobody foresaw.</summary>
    public static Task FailAsync(HttpContext http, Unforeseen told) => ErrorAsync(http, told.Status, told.Message, WordFor(told.Code, told.Status));

    /// <summary>Paths that are nothing: nobody needs a token to be told so (contract grantex 1.4).</summary>
    public static IResult NotThere(HttpContext context) =>
        new Refusal(StatusCodes.Status404NotFound, "NOT_FOUND", $"{context.Request.Method} {context.Request.Path} is nothing that this server answers");

    /// <summary>The word of RFC 7644 3.12 for a refusal, where there is one; codes of this room are such words already.</summary>
    private static string? WordFor(string code, int status) => code switch
    {
        "BAD_REQUEST" when status == StatusCodes.Status400BadRequest => "invalidSyntax",
        "UNAUTHORIZED" => "unauthorized",
        "NOT_FOUND" => "noTarget",
        _ => code.Length > 0 && char.IsAsciiLetterLower(code[0]) ? code : null,
    };

    private static Task ErrorAsync(HttpContext http, int status, string detail, string? word)
    {
        var body = new JsonObject { ["schemas"] = new JsonArray(ErrorUrn), ["detail"] = detail, ["status"] = status };
        if (word is not null) body["scimType"] = word;
        return new Written(status, body).ExecuteAsync(http);
    }

    private sealed class Written(int status, JsonObject body) : IResult
    {
        /// <inheritdoc/>
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var bytes = new ArrayBufferWriter<byte>(1024);
            using (var json = new Utf8JsonWriter(bytes, Plain)) body.WriteTo(json);
            return Answer.BytesAsync(httpContext, status, bytes.WrittenMemory, MediaFor(httpContext.Request.Headers.Accept.ToString()));
        }

        /// <summary>SCIM's own, unless a client asks for plain JSON and not for that.</summary>
        private static string MediaFor(string accept) =>
            accept.Contains("application/json", StringComparison.OrdinalIgnoreCase) && !accept.Contains("scim+json", StringComparison.OrdinalIgnoreCase)
                ? "application/json; charset=utf-8"
                : "application/scim+json; charset=utf-8";
    }
}
