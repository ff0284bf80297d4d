using Credence.Server.Grants.Pipeline;

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
        if (httpContext.GetEndpoint()?.Metadata.GetMetadata<RefusalShape>() is { } shape) return shape.WriteAsync(httpContext, this);
        var body = new ErrorBody(Message, Code, httpContext.TraceIdentifier);
        return Answers.Json(Status, body, GrantsJson.Wire.ErrorBody).ExecuteAsync(httpContext);
    }
}

/// <summary>The one place where what the core refused becomes an answer of this door. What nobody foresaw the host answers, in the same shape.</summary>
internal static class GrantsErrors
{
    /// <summary>A foreseen refusal.</summary>
    public static Refusal Answer(this Failure failure) => new(StatusOf(failure.Kind), failure.Code, failure.Detail);

    private static int StatusOf(FailureKind kind) => kind switch
    {
        FailureKind.Invalid => StatusCodes.Status400BadRequest,
        FailureKind.Unauthorized => StatusCodes.Status401Unauthorized,
        FailureKind.PlanLimit => StatusCodes.Status402PaymentRequired,
        FailureKind.Forbidden => StatusCodes.Status403Forbidden,
        FailureKind.NotFound => StatusCodes.Status404NotFound,
        FailureKind.Conflict => StatusCodes.Status409Conflict,
        FailureKind.Gone => StatusCodes.Status410Gone,
        FailureKind.Outdated => StatusCodes.Status412PreconditionFailed,
        FailureKind.Unprocessable => StatusCodes.Status422UnprocessableEntity,
        FailureKind.TooMany => StatusCodes.Status429TooManyRequests,
        FailureKind.BadUpstream => StatusCodes.Status502BadGateway,
        FailureKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };
}

/// <summary>The body of a refusal.</summary>
internal sealed record ErrorBody(string Message, string Code, string RequestId);

/// <summary>The body of an unknown route, which has its own shape (contract grantex 2.1).</summary>
internal sealed record UnknownRoute(string Message, string Error, int StatusCode);
