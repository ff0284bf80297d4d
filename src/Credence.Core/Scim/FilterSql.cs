using Credence.Storage;

namespace Credence.Scim;

/// <summary>A filter as a condition on rows.</summary>
/// <param name="Condition">What every matching row satisfies.</param>
/// <param name="IsExact">Whether every row that satisfies it matches; else each must be looked at.</param>
public readonly record struct FilterSql(Sql Condition, bool IsExact)
{
    private static Sql Anything => $"1 = 1";

    private static FilterSql Unknown => new(Anything, false);

    /// <summary>As much of <paramref name="filter"/> as <paramref name="columns"/> can answer.</summary>
    public static FilterSql Of(Filter filter, ScimColumns columns)
    {
        switch (filter)
        {
            case Filter.And both:
                var (left, right) = (Of(both.Left, columns), Of(both.Right, columns));
                return new FilterSql($"({left.Condition} and {right.Condition})", left.IsExact && right.IsExact);
            case Filter.Or either:
                var (one, other) = (Of(either.Left, columns), Of(either.Right, columns));
                return new FilterSql($"({one.Condition} or {other.Condition})", one.IsExact && other.IsExact);
            case Filter.Not not:
                var inner = Of(not.Inner, columns);
                return inner.IsExact ? new FilterSql($"not {inner.Condition}", true) : Unknown; // what is only too wide would become too narrow
            case Filter.Never:
                return new FilterSql($"1 = 0", true);
            case Filter.Present present:
                return columns.Present(present.Path.Name) is { } there ? new FilterSql(there, true) : Unknown;
            case Filter.Compare compare:
                return columns.Compare(compare.Path.Name, compare.Op, compare.Value) is { } holds ? new FilterSql(holds, true) : Unknown;
            case Filter.Within { Inner: Filter.Compare part } within:
                return columns.Compare($"{within.Path.Name}.{part.Path.Name}", part.Op, part.Value) is { } has ? new FilterSql(has, true) : Unknown;
            case Filter.Within { Inner: Filter.And parts } within: // too wide when two values share what one must have
                return Of(new Filter.And(new Filter.Within(within.Path, parts.Left), new Filter.Within(within.Path, parts.Right)), columns) with { IsExact = false };
            default:
                return Unknown;
        }
    }
}
