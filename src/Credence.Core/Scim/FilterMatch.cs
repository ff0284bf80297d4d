using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Credence.Scim;

/// <summary>Whether a resource, as it is shown, matches a filter.</summary>
public static class FilterMatch
{
    /// <summary>Looks at the resource, or at one value of a complex attribute when the filter is one from inside brackets.</summary>
    public static bool Matches(this Filter filter, JsonObject resource) => filter switch
    {
        Filter.And both => both.Left.Matches(resource) && both.Right.Matches(resource),
        Filter.Or either => either.Left.Matches(resource) || either.Right.Matches(resource),
        Filter.Not not => !not.Inner.Matches(resource),
        Filter.Never => false,
        Filter.Present present => Values(resource, present.Path.Steps).Any(IsThere),
        Filter.Compare compare => Values(resource, compare.Path.Steps).Any(value => Holds(compare, value)),
        Filter.Within within => Values(resource, within.Path.Steps).OfType<JsonObject>().Any(within.Inner.Matches),
        _ => throw new InvalidOperationException($"{filter.GetType()} is no filter"),
    };

    /// <summary>Every value at the end of a way, those of each member of a list.</summary>
    internal static IEnumerable<JsonNode> Values(JsonNode from, IEnumerable<AttributeDefinition> steps) => steps.Aggregate(
        (IEnumerable<JsonNode>)[from],
        (nodes, step) => nodes.OfType<JsonObject>().Select(node => node[step.Name]).OfType<JsonNode>()
            .SelectMany(node => node is JsonArray many ? many.OfType<JsonNode>() : [node]));

    /// <summary>An instant as filters and resources write it (RFC 7643 2.3.5).</summary>
    internal static DateTimeOffset? Instant(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    private static bool IsThere(JsonNode value) => value switch
    {
        JsonObject parts => parts.Any(part => part.Value is not null),
        _ => value.GetValueKind() != JsonValueKind.String || value.GetValue<string>().Length > 0,
    };

    private static bool Holds(Filter.Compare compare, JsonNode value) => compare.Value switch
    {
        bool wanted => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False && value.GetValue<bool>() == wanted,
        DateTimeOffset wanted => value.GetValueKind() == JsonValueKind.String && Instant(value.GetValue<string>()) is { } at && Holds(compare.Op, at.CompareTo(wanted)),
        string wanted => value.GetValueKind() == JsonValueKind.String && Holds(compare.Op, compare.Path.Last, value.GetValue<string>(), wanted),
        _ => false,
    };

    private static bool Holds(FilterOp op, AttributeDefinition attribute, string value, string wanted)
    {
        var (text, other) = (Key(attribute, value), Key(attribute, wanted));
        return op switch
        {
            FilterOp.Co => text.Contains(other, StringComparison.Ordinal),
            FilterOp.Sw => text.StartsWith(other, StringComparison.Ordinal),
            FilterOp.Ew => text.EndsWith(other, StringComparison.Ordinal),
            _ => Holds(op, string.CompareOrdinal(text, other)),
        };
    }

    private static bool Holds(FilterOp op, int order) => op switch
    {
        FilterOp.Eq => order == 0,
        FilterOp.Gt => order > 0,
        FilterOp.Ge => order >= 0,
        FilterOp.Lt => order < 0,
        FilterOp.Le => order <= 0,
        _ => false,
    };

    /// <summary>What is compared: the text, in lower case where case does not count.</summary>
    internal static string Key(AttributeDefinition attribute, string text) => attribute.IsCaseExact ? text : text.ToLowerInvariant();
}
