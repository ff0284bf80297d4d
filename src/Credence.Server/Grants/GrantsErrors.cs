using Credence.Server.Doors;
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
    public static Refusal Answer(this Failure failure) => new(FailureStatus.Of(failure.Kind), failure.Code, failure.Detail);
}

/// <summary>The body of a refusal.</summary>
internal sealed record ErrorBody(string Message, string Code, string RequestId);

/// <summary>The body of an unknown route, which has its own shape (contract grantex 2.1).</summary>
internal sealed record UnknownRoute(string Message, string Error, int StatusCode);
