namespace Credence.Server.Doors;

/// <summary>The HTTP status of each sort of refusal and how long to wait, where a door's contract names no other.</summary>
internal static class FailureStatus
{
    /// <summary>How long to wait, in seconds, while something is away.</summary>
    public const int WhenAway = 5;

    /// <summary>The status.</summary>
    public static int Of(FailureKind kind) => kind switch
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
        FailureKind.Locked => StatusCodes.Status423Locked,
        FailureKind.TooMany => StatusCodes.Status429TooManyRequests,
        FailureKind.BadUpstream => StatusCodes.Status502BadGateway,
        FailureKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>What <c>Retry-After</c> says, in whole seconds; null where waiting does not help.</summary>
    public static int? WaitOf(Failure failure) => failure.Kind switch
    {
        FailureKind.TooMany or FailureKind.Locked => Seconds(failure.RetryAfter),
        FailureKind.Unavailable => Seconds(failure.RetryAfter) ?? WhenAway,
        _ => null,
    };

    private static int? Seconds(TimeSpan? wait) => wait is { } time ? Math.Max(1, (int)Math.Ceiling(time.TotalSeconds)) : null;
}
