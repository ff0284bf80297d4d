using System.Buffers;
using System.Text.Json;
using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;

namespace Credence.Server.Agents;

/// <summary>A refusal in this door's words: <c>{code, message, details?}</c> (contract agent-idp B.3).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The word a program reads.</param>
/// <param name="Message">The sentence a person reads.</param>
internal sealed record AgentsRefusal(int Status, string Code, string Message) : IResult
{
    /// <summary>Writes the members of <c>details</c>; null when there are none.</summary>
    public Action<Utf8JsonWriter>? Details { get; init; }

    /// <summary>The <c>WWW-Authenticate</c> header, or null.</summary>
    public string? Challenge { get; init; }

    /// <summary>400, with everything that is wrong.</summary>
    public static AgentsRefusal Invalid(IReadOnlyList<FieldProblem> problems) =>
        new(StatusCodes.Status400BadRequest, AgentsErrors.Validation, problems[0].ToString())
        {
            Details = json =>
            {
                json.WriteStartArray("errors");
                foreach (var problem in problems)
                {
                    json.WriteStartObject();
                    json.WriteString("field", problem.Field);
                    json.WriteString("message", problem.Message);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            },
        };

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (httpContext.GetEndpoint()?.Metadata.GetMetadata<SpeaksOAuth>() is not null && !IsLimit)
        {
            return OAuthErrors.Of(this).ExecuteAsync(httpContext);
        }

        if (Challenge is not null) httpContext.Response.Headers.WWWAuthenticate = Challenge;
        if (Status == StatusCodes.Status503ServiceUnavailable) httpContext.Response.Headers.RetryAfter = AgentsErrors.RetryAfterSeconds;
        return new JsonAnswer(Status, Body()).ExecuteAsync(httpContext);
    }

    /// <summary>The answers about limits keep their shape where others are worded as RFC 6749 does (contract agent-idp C.18).</summary>
    private bool IsLimit => Status == StatusCodes.Status429TooManyRequests || Code == AgentsErrors.PlanLimit;

    private byte[] Body()
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("code", Code);
            json.WriteString("message", Message);
            if (Details is not null)
            {
                json.WriteStartObject("details");
                Details(json);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}

/// <summary>The one place where what the core refused becomes an answer of this door, and what nobody foresaw as well.</summary>
internal static class AgentsErrors
{
    /// <summary>The code of what cannot be taken as it was sent.</summary>
    public const string Validation = "VALIDATION_ERROR";

    /// <summary>The code of what the organization's plan has no place for.</summary>
    public const string PlanLimit = "FREE_TIER_LIMIT_EXCEEDED";

    /// <summary>How long to wait when something is away, in seconds.</summary>
    public const string RetryAfterSeconds = "5";

    /// <summary>A foreseen refusal.</summary>
    public static AgentsRefusal Answer(this Failure failure) =>
        failure.Kind == FailureKind.PlanLimit
            ? new(StatusCodes.Status403Forbidden, PlanLimit, failure.Detail) { Details = DetailsOf(failure) }
            : new(FailureStatus.Of(failure.Kind), CodeOf(failure.Code), failure.Detail) { Details = DetailsOf(failure) };

    /// <summary>What nobody foresaw.</summary>
    public static Task FailAsync(HttpContext context, Unforeseen told) =>
        new AgentsRefusal(told.Status, told.Status == StatusCodes.Status500InternalServerError ? "INTERNAL_SERVER_ERROR" : CodeOf(told.Code), told.Message)
            .ExecuteAsync(context);

    private static string CodeOf(string code) => code == "BAD_REQUEST" ? Validation : code;

    private static Action<Utf8JsonWriter>? DetailsOf(Failure failure)
    {
        if (failure.Limit is null && failure.Reason is null) return null;
        return json =>
        {
            if (failure.Limit is { } limit) json.WriteNumber("limit", limit);
            if (failure.Reason is { } reason) json.WriteString("reason", reason);
        };
    }
}
