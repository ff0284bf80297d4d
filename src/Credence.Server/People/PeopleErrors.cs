using System.Buffers;
using System.Text.Json;
using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;

namespace Credence.Server.People;

/// <summary>A refusal in this door's words: <c>{message, statusCode, requestId, messageCode?, details?}</c> (contract identity B.3).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">The sentence a person reads.</param>
internal sealed record PeopleRefusal(int Status, string Message) : IResult
{
    /// <summary>The word a program reads, or null.</summary>
    public string? Code { get; init; }

    /// <summary>The <c>WWW-Authenticate</c> header, or null.</summary>
    public string? Challenge { get; init; }

    /// <summary>How long to wait, in seconds, or null.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Where a code was sent that would help, or null (contract identity C.3).</summary>
    public CodeSentShape? Verification { get; init; }

    /// <summary>What a second factor is shown with, or null (docs/decisions/0044).</summary>
    public SecondFactorAsked? SecondFactor { get; init; }

    /// <summary>What is wrong with members of the body, or null.</summary>
    public IReadOnlyList<FieldProblem>? Problems { get; init; }

    /// <summary>422, with everything that is wrong.</summary>
    public static PeopleRefusal Invalid(IReadOnlyList<FieldProblem> problems) => new(StatusCodes.Status422UnprocessableEntity, "ValidationError") { Problems = problems };

    /// <summary>429 for one address.</summary>
    public static PeopleRefusal TooMany(int seconds) =>
        new(StatusCodes.Status429TooManyRequests, $"Too many requests. Retry in {seconds} seconds.") { Code = "rate_limit.exceeded", RetryAfter = seconds };

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        if (Challenge is not null) headers.WWWAuthenticate = Challenge;
        if (RetryAfter is { } seconds) headers.RetryAfter = seconds.ToString();
        return new JsonAnswer(Status, Body(httpContext.TraceIdentifier)).ExecuteAsync(httpContext);
    }

    private byte[] Body(string request)
    {
        var buffer = new ArrayBufferWriter<byte>(192);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("message", Message);
            json.WriteNumber("statusCode", Status);
            json.WriteString("requestId", request);
            if (Code is not null) json.WriteString("messageCode", Code);
            if (Verification is not null) WriteVerification(json, Verification);
            if (SecondFactor is not null) WriteSecondFactor(json, SecondFactor);
            if (Problems is not null) WriteProblems(json, Problems);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteVerification(Utf8JsonWriter json, CodeSentShape sent)
    {
        json.WriteStartObject("verification");
        json.WriteString("sessionToken", sent.SessionToken);
        json.WriteString("expiresAt", sent.ExpiresAt);
        json.WriteEndObject();
    }

    private static void WriteSecondFactor(Utf8JsonWriter json, SecondFactorAsked asked)
    {
        json.WriteStartObject("secondFactor");
        json.WriteString("sessionToken", asked.SessionToken);
        json.WriteString("expiresAt", asked.ExpiresAt);
        json.WriteTexts("factors", asked.Factors);
        json.WriteEndObject();
    }

    private static void WriteProblems(Utf8JsonWriter json, IReadOnlyList<FieldProblem> problems)
    {
        json.WriteStartObject("details");
        json.WriteStartArray("cause");
        foreach (var problem in problems)
        {
            json.WriteStartObject();
            json.WriteString("path", problem.Field);
            json.WriteString("message", problem.Message);
            json.WriteString("code", problem.Message == "is required" ? "required" : "invalid");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>The one place where what the core refused becomes an answer of this door, and what nobody foresaw as well.</summary>
internal static class PeopleErrors
{
    /// <summary>A foreseen refusal.</summary>
    public static PeopleRefusal Answer(this Failure failure) =>
        failure is { Kind: FailureKind.Unprocessable, Reason: { } path } ? PeopleRefusal.Invalid([new FieldProblem(path, failure.Detail)]) : Refuse(failure);

    private static PeopleRefusal Refuse(Failure failure) => new(FailureStatus.Of(failure.Kind), failure.Detail)
    {
        Code = failure.Code.Contains('.', StringComparison.Ordinal) ? failure.Code : null,
        Challenge = failure.Kind == FailureKind.Unauthorized ? "Bearer" : null,
        RetryAfter = FailureStatus.WaitOf(failure),
    };

    /// <summary>What nobody foresaw.</summary>
    public static Task FailAsync(HttpContext context, Unforeseen told) =>
        new PeopleRefusal(told.Status, told.Message) { RetryAfter = told.Status == StatusCodes.Status503ServiceUnavailable ? FailureStatus.WhenAway : null }.ExecuteAsync(context);
}
