using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Credence.Server.Grants;

/// <summary>How a handler says what it answers.</summary>
internal static class Answers
{
    /// <summary>204, no body.</summary>
    public static IResult NoContent { get; } = TypedResults.NoContent();

    /// <summary>A JSON answer.</summary>
    public static IResult Json<T>(int status, T body, JsonTypeInfo<T> type) => new JsonBytes(status, JsonSerializer.SerializeToUtf8Bytes(body, type));

    /// <summary>200 with a body.</summary>
    public static IResult Ok<T>(T body, JsonTypeInfo<T> type) => Json(StatusCodes.Status200OK, body, type);

    /// <summary>200 with the shape of what an operation gave, or its refusal.</summary>
    public static IResult Ok<T, TShape>(this Result<T> result, Func<T, TShape> shape, JsonTypeInfo<TShape> type) =>
        result.Succeeded ? Ok(shape(result.Value), type) : result.Failure.Answer();

    /// <summary>201 with the shape of what an operation made, or its refusal.</summary>
    public static IResult Created<T, TShape>(this Result<T> result, Func<T, TShape> shape, JsonTypeInfo<TShape> type) =>
        result.Succeeded ? Json(StatusCodes.Status201Created, shape(result.Value), type) : result.Failure.Answer();

    /// <summary>202 with the shape of what an operation began, or its refusal.</summary>
    public static IResult Accepted<T, TShape>(this Result<T> result, Func<T, TShape> shape, JsonTypeInfo<TShape> type) =>
        result.Succeeded ? Json(StatusCodes.Status202Accepted, shape(result.Value), type) : result.Failure.Answer();

    /// <summary>204 when an operation did its work, or its refusal.</summary>
    public static IResult Done<T>(this Result<T> result) => result.Succeeded ? NoContent : result.Failure.Answer();

    /// <summary>JSON that is written already, sent with its length so that the connection needs no chunks.</summary>
    private sealed class JsonBytes(int status, byte[] json) : IResult
    {
        /// <inheritdoc/>
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = status;
            response.ContentType = "application/json; charset=utf-8";
            response.ContentLength = json.Length;
            return response.Body.WriteAsync(json, httpContext.RequestAborted).AsTask();
        }
    }
}
