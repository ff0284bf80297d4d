using System.Buffers;
using System.Text.Json;
using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;

namespace Credence.Server.ForwardAuth;

/// <summary>A refusal in this door's words: <c>{"error": …}</c> (contract forward-auth B).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Text">What is wrong.</param>
internal sealed record ForwardAuthRefusal(int Status, string Text) : IResult
{
    private const string TooManyText = "too many requests";

    /// <summary>How long to wait, in seconds, or null.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>The <c>WWW-Authenticate</c> header, or null.</summary>
    public string? Challenge { get; init; }

    /// <summary>What nobody foresaw at the routes that need a database.</summary>
    public static ForwardAuthRefusal Internal { get; } = new(StatusCodes.Status500InternalServerError, "internal server error");

    /// <summary>429.</summary>
    public static ForwardAuthRefusal TooMany(int seconds) => new(StatusCodes.Status429TooManyRequests, TooManyText) { RetryAfter = seconds };

    /// <summary>A foreseen refusal.</summary>
    public static ForwardAuthRefusal Of(Failure failure) =>
        new(FailureStatus.Of(failure.Kind), failure.Kind == FailureKind.TooMany ? TooManyText : failure.Detail) { RetryAfter = FailureStatus.WaitOf(failure) };

    /// <summary>What nobody foresaw.</summary>
    public static Task FailAsync(HttpContext context, Unforeseen told) => told.Status == StatusCodes.Status500InternalServerError
        ? Internal.ExecuteAsync(context)
        : new ForwardAuthRefusal(told.Status, told.Message) { RetryAfter = told.Status == StatusCodes.Status503ServiceUnavailable ? FailureStatus.WhenAway : null }.ExecuteAsync(context);

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        if (Challenge is not null) headers.WWWAuthenticate = Challenge;
        if (RetryAfter is { } seconds) headers.RetryAfter = seconds.ToString();
        var buffer = new ArrayBufferWriter<byte>(64);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("error", Text);
            json.WriteEndObject();
        }

        return new JsonAnswer(Status, buffer.WrittenSpan.ToArray()).ExecuteAsync(httpContext);
    }
}
