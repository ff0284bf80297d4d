using System.Text.Json.Serialization.Metadata;
using Credence.Server.Doors;

namespace Credence.Server.People;

/// <summary>How a handler says what it answers.</summary>
internal static class PeopleAnswers
{
    /// <summary>200 with a body.</summary>
    public static IResult Ok<T>(T body, JsonTypeInfo<T> type) => JsonAnswer.Of(StatusCodes.Status200OK, body, type);

    /// <summary>202 with a body: it will be so later.</summary>
    public static IResult Accepted<T>(T body, JsonTypeInfo<T> type) => JsonAnswer.Of(StatusCodes.Status202Accepted, body, type);

    /// <summary>200 with the shape of what an operation gave, or its refusal.</summary>
    public static IResult Ok<T, TShape>(this Result<T> result, Func<T, TShape> shape, JsonTypeInfo<TShape> type) =>
        result.Succeeded ? Ok(shape(result.Value), type) : result.Failure.Answer();

    /// <summary>201 with the shape of what an operation made, or its refusal.</summary>
    public static IResult Created<T, TShape>(this Result<T> result, Func<T, TShape> shape, JsonTypeInfo<TShape> type) =>
        result.Succeeded ? JsonAnswer.Of(StatusCodes.Status201Created, shape(result.Value), type) : result.Failure.Answer();

    /// <summary>200 with a part of a list, and how many there are (contract identity B.3).</summary>
    public static IResult Listed<T, TShape>(List<T> part, long total, Func<T, TShape> shape, JsonTypeInfo<Page<TShape>> type) =>
        Ok(new Page<TShape>(part.ConvertAll(row => shape(row)), total), type);

    /// <summary>204 when an operation did its work, or its refusal.</summary>
    public static IResult Done<T>(this Result<T> result) => result.Succeeded ? TypedResults.NoContent() : result.Failure.Answer();
}

/// <summary>A part of a list.</summary>
/// <param name="Data">The part.</param>
/// <param name="Total">How many there are in all.</param>
internal sealed record Page<T>(IReadOnlyList<T> Data, long Total);
