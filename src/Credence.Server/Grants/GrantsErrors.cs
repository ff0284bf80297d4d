using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Server.Grants;

/// <summary>A refusal in this door's words: <c>{message, code, requestId}</c> (contract grantex 2.1).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The word a program reads.</param>
/// <param name="Message">The sentence a person reads.</param>
internal sealed record Refusal(int Status, string Code, string Message) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (httpContext.Features.Get<GrantsCall>() is { } call) call.Outcome = Code.ToLowerInvariant();
        var body = new ErrorBody(Message, Code, httpContext.TraceIdentifier);
        return Answers.Json(Status, body, GrantsJson.Wire.ErrorBody).ExecuteAsync(httpContext);
    }
}

/// <summary>The one place where what the core refused, or what nobody expected, becomes an answer of this door.</summary>
internal static class GrantsErrors
{
    private static readonly Refusal Unexpected = new(StatusCodes.Status500InternalServerError, "INTERNAL_ERROR", "An unexpected error occurred");
    private static readonly Refusal Away = new(
        StatusCodes.Status503ServiceUnavailable, "SERVICE_UNAVAILABLE", "A service this needs is unavailable, please try again");

    /// <summary>A foreseen refusal.</summary>
    public static Refusal Answer(this Failure failure) => new(StatusOf(failure.Kind), failure.Code, failure.Detail);

    /// <summary>An exception that reached the pipeline, told to the operator here and to the caller in one fixed sentence.</summary>
    public static Refusal Explain(Exception error, Engine engine, ILogger log)
    {
        if (error is BadHttpRequestException bad) return new Refusal(bad.StatusCode, "BAD_REQUEST", "The request cannot be read");
        if (engine.IsUnavailable(error))
        {
            Log.DatabaseError(log, error.Message, Words.Of(engine.Kind));
            return Away;
        }

        GrantsLog.CallFailed(log, error);
        return Unexpected;
    }

    private static int StatusOf(FailureKind kind) => kind switch
    {
        FailureKind.Invalid => StatusCodes.Status400BadRequest,
        FailureKind.Unauthorized => StatusCodes.Status401Unauthorized,
        FailureKind.PlanLimit => StatusCodes.Status402PaymentRequired,
        FailureKind.Forbidden => StatusCodes.Status403Forbidden,
        FailureKind.NotFound => StatusCodes.Status404NotFound,
        FailureKind.Conflict => StatusCodes.Status409Conflict,
        FailureKind.Gone => StatusCodes.Status410Gone,
        FailureKind.TooMany => StatusCodes.Status429TooManyRequests,
        FailureKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };
}

/// <summary>The body of a refusal.</summary>
internal sealed record ErrorBody(string Message, string Code, string RequestId);

/// <summary>The body of an unknown route, which has its own shape (contract grantex 2.1).</summary>
internal sealed record UnknownRoute(string Message, string Error, int StatusCode);
