using System.Diagnostics.CodeAnalysis;

namespace Credence;

/// <summary>What sort of refusal it is; a door turns it into its own status.</summary>
public enum FailureKind
{
    /// <summary>The caller sent something that cannot be taken: 400.</summary>
    Invalid,

    /// <summary>The caller is not who it must be: 401.</summary>
    Unauthorized,

    /// <summary>The organization's plan is used up: 402.</summary>
    PlanLimit,

    /// <summary>The caller may not do this: 403.</summary>
    Forbidden,

    /// <summary>There is no such thing, or it belongs to somebody else: 404.</summary>
    NotFound,

    /// <summary>It clashes with what is there: 409.</summary>
    Conflict,

    /// <summary>It was there and is over: 410.</summary>
    Gone,

    /// <summary>It changed since the caller saw it: 412.</summary>
    Outdated,

    /// <summary>It is well-formed, and what it asks for must not be: 422.</summary>
    Unprocessable,

    /// <summary>Kept shut for a while: 423.</summary>
    Locked,

    /// <summary>Too often: 429.</summary>
    TooMany,

    /// <summary>A server of somebody else's, which this needs, did not do its part: 502.</summary>
    BadUpstream,

    /// <summary>Something this needs is away: 503.</summary>
    Unavailable,
}

/// <summary>A refusal that was foreseen. Codes are part of the contract and live in the room's <c>…Failures.cs</c>.</summary>
/// <param name="Kind">What sort of refusal it is.</param>
/// <param name="Code">The word a program reads: <c>NOT_FOUND</c>.</param>
/// <param name="Detail">One sentence for the person who reads the answer; never a secret.</param>
public sealed record Failure(FailureKind Kind, string Code, string Detail)
{
    /// <summary>The one reason among several that share the code, as a word a program reads; null where the code says it all.</summary>
    public string? Reason { get; init; }

    /// <summary>How many there may be, where that is the reason.</summary>
    public int? Limit { get; init; }

    /// <summary>After which time it may be tried again, where that is known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A field or value that cannot be taken: 400 <c>BAD_REQUEST</c>.</summary>
    public static Failure Invalid(string detail) => new(FailureKind.Invalid, "BAD_REQUEST", detail);

    /// <summary>No such thing for this caller: 404 <c>NOT_FOUND</c>.</summary>
    public static Failure NotFound(string detail) => new(FailureKind.NotFound, "NOT_FOUND", detail);
}

/// <summary>Either a value or the reason why there is none.</summary>
public readonly struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Failure? failure)
    {
        _value = value;
        Failure = failure;
    }

    /// <summary>Whether there is a value.</summary>
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Failure is null;

    /// <summary>Why there is no value; null when there is one.</summary>
    public Failure? Failure { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">It failed; look at <see cref="Succeeded"/> first.</exception>
    public T Value => Failure is null ? _value! : throw new InvalidOperationException($"failed with {Failure.Code}");

    /// <summary>A success.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>A refusal.</summary>
    public static implicit operator Result<T>(Failure failure) => new(default, failure);
}
