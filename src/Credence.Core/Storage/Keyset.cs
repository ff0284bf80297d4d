namespace Credence.Storage;

/// <summary>A place in a list ordered by time and id, newest first: the last row that was seen.</summary>
/// <param name="At">Its time.</param>
/// <param name="Id">Its id, which decides among rows of one millisecond.</param>
public sealed record Keyset(DateTimeOffset At, string Id)
{
    /// <summary>The condition for rows behind this place; nothing when there is none.</summary>
    public static Sql After(Keyset? place, string column)
    {
        if (place is null) return Sql.None;
        Sql condition = $"and (";
        condition.AppendLiteral($"{column}, id) < ("); // compared as one value, for which an index is entered at this place and not searched from its beginning
        condition.AppendFormatted(place.At);
        condition.AppendLiteral(", ");
        condition.AppendFormatted(place.Id);
        condition.AppendLiteral(")");
        return condition;
    }

    /// <summary><c>limit</c>, or nothing for the whole list.</summary>
    public static Sql Limit(int? most) => most is { } count ? $"limit {count}" : Sql.None;
}
