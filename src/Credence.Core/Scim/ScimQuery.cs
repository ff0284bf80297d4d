using System.Text.Json.Nodes;

namespace Credence.Scim;

/// <summary>What a directory asks for (RFC 7644 3.4.2, RFC 9865).</summary>
/// <param name="Kind">Users or groups.</param>
/// <param name="Filter">Which; null for all.</param>
/// <param name="SortBy">In which order; null for that of their creation.</param>
/// <param name="IsDescending">Whether the order is turned around.</param>
/// <param name="StartIndex">The place of the first, from 1.</param>
/// <param name="Count">How many at most.</param>
/// <param name="Cursor">In place of an index: the id behind which to go on, empty for the head of the list; null for an index.</param>
/// <param name="Shown">Which attributes.</param>
public sealed record ScimQuery(
    ScimKind Kind, Filter? Filter, AttributePath? SortBy, bool IsDescending, long StartIndex, int Count, string? Cursor, ShownAttributes Shown)
{
    /// <summary>How many are given when nobody says (contract grantex 4.3).</summary>
    public const int DefaultCount = 100;

    /// <summary>How many are given at most.</summary>
    public const int MostCount = 200;
}

/// <summary>A part of a list.</summary>
/// <param name="Total">How many there are in all; null when a cursor is followed through what must be looked at one by one.</param>
/// <param name="Resources">Those of this part, as they are shown.</param>
/// <param name="Next">Where the next part begins; null without a cursor, or at the end.</param>
public sealed record ScimPage(long? Total, List<JsonObject> Resources, string? Next);
