namespace Credence.Audit;

/// <summary>How many entries went how (contract grantex-enterprise 2).</summary>
public sealed record LoggedCounts(long Total, long Success, long Failure, long Blocked)
{
    /// <summary>None.</summary>
    public static readonly LoggedCounts None = new(0, 0, 0, 0);

    /// <summary>These and one more.</summary>
    public LoggedCounts And(LoggedStatus status) => new(
        Total + 1,
        Success + (status == LoggedStatus.Success ? 1 : 0),
        Failure + (status == LoggedStatus.Failure ? 1 : 0),
        Blocked + (status == LoggedStatus.Blocked ? 1 : 0));
}
