using System.Text.Json.Serialization.Metadata;
using Credence.Server.Doors;

namespace Credence.Server.People;

/// <summary>How a handler says what it answers.</summary>
internal static class PeopleAnswers
{
    /// <summary>200 with a body.</summary>
    public static IResult Ok<T>(T body, JsonTypeInfo<T> type) => JsonAnswer.Of(StatusCodes.Status200OK, body, type);

    /// <summary>200 with the shape of what an operation gave, or its refusal.</summary>
    public static IResult Ok<T, TShape>(this Result<T> result, Func<T, TShape> shape, JsonTypeInfo<TShape> type) =>
        result.Succeeded ? Ok(shape(result.Value), type) : result.Failure.Answer();

    /// <summary>201 with the shape of what an operation made, or its refusal.</summary>
    public static IResult Created<T, TShape>(this Result<T> result, Func<T, TShape> shape, JsonTypeInfo<TShape> type) =>
        result.Succeeded ? JsonAnswer.Of(StatusCodes.Status201Created, shape(result.Value), type) : result.Failure.Answer();

    /// <summary>204 when an operation did its work, or its refusal.</summary>
    public static IResult Done<T>(this Result<T> result) => result.Succeeded ? TypedResults.NoContent() : result.Failure.Answer();
}
