using System.Text.Json.Serialization;
using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;

namespace Credence.Server.Agents;

/// <summary>
/// A refusal in the words of RFC 6749 5.2: the token, introspection and revocation endpoints have them, because client libraries depend on it
/// (contract agent-idp C.18).
/// </summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Error">The word a program reads.</param>
/// <param name="Description">The sentence a person reads.</param>
internal sealed record OAuthRefusal(int Status, string Error, string Description) : IResult
{
    /// <summary>The <c>WWW-Authenticate</c> header, or null.</summary>
    public string? Challenge { get; init; }

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        if (Challenge is not null) headers.WWWAuthenticate = Challenge;
        if (Status == StatusCodes.Status503ServiceUnavailable) headers.RetryAfter = AgentsErrors.RetryAfterSeconds;
        headers.CacheControl = "no-store";
        headers.Pragma = "no-cache";
        return JsonAnswer.Of(Status, new OAuthErrorBody(Error, Description), AgentsJson.Wire.OAuthErrorBody).ExecuteAsync(httpContext);
    }
}

/// <summary>How refusals become those of RFC 6749.</summary>
internal static class OAuthErrors
{
    /// <summary>400 <c>invalid_request</c> (RFC 6749 5.2).</summary>
    public static OAuthRefusal InvalidRequest(string description, int status = StatusCodes.Status400BadRequest) => new(status, "invalid_request", description);

    /// <summary>What the core refused; its codes are RFC 6749's where a token is asked for.</summary>
    /// <param name="failure">The refusal.</param>
    /// <param name="basic">Whether the client tried HTTP Basic: then the answer names that scheme.</param>
    public static IResult OAuthAnswer(this Failure failure, bool basic = false) => failure.Kind switch
    {
        FailureKind.Unauthorized => new OAuthRefusal(StatusCodes.Status401Unauthorized, failure.Code, failure.Detail)
        {
            Challenge = basic ? "Basic realm=\"token\"" : null,
        },
        FailureKind.Invalid => new OAuthRefusal(StatusCodes.Status400BadRequest, failure.Code, failure.Detail),
        _ => failure.Answer(),
    };

    /// <summary>A refusal of the pipeline, at an endpoint that speaks so.</summary>
    public static OAuthRefusal Of(AgentsRefusal refusal) => new(refusal.Status, WordOf(refusal), refusal.Message) { Challenge = refusal.Challenge };

    /// <summary>What nobody foresaw.</summary>
    public static Task FailAsync(HttpContext context, Unforeseen told) =>
        Of(new AgentsRefusal(told.Status, told.Code, told.Message)).ExecuteAsync(context);

    private static string WordOf(AgentsRefusal refusal) => refusal.Status switch
    {
        StatusCodes.Status401Unauthorized => "invalid_token",
        StatusCodes.Status403Forbidden => "insufficient_scope",
        StatusCodes.Status503ServiceUnavailable => "temporarily_unavailable",
        >= StatusCodes.Status500InternalServerError => "server_error",
        _ => "invalid_request",
    };
}

/// <summary>The body of such a refusal.</summary>
internal sealed record OAuthErrorBody([property: JsonPropertyName("error")] string Error, [property: JsonPropertyName("error_description")] string Description);
