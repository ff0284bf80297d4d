using System.Globalization;
using System.Text.Json;
using Credence.Scim;
using Credence.Server.Doors;

namespace Credence.Server.Grants.Scim;

/// <summary>Reads what a directory asks for, from a query string or from the body of a search (RFC 7644 3.4.2, 3.4.3).</summary>
internal static class ScimQueryReader
{
    private const int LongestNames = 8_192;
    private static readonly char[] Commas = [','];

    /// <summary>From the query string.</summary>
    public static Result<ScimQuery> Read(ScimKind kind, IQueryCollection query) => Read(kind, name => query.TryGetValue(name, out var values) ? values.ToString() : null);

    /// <summary>From the body of a search.</summary>
    public static Result<ScimQuery> Read(ScimKind kind, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) return ScimFailures.Syntax("The body must be a JSON object");
        try
        {
            return Read(kind, name => body.TryGetProperty(name, out var value) ? Text(value) : null);
        }
        catch (InvalidOperationException)
        {
            return ScimFailures.Syntax("The body has a text with half of a surrogate pair");
        }
    }

    /// <summary>Which attributes of a single resource are to be seen.</summary>
    public static Result<ShownAttributes> Shown(ScimKind kind, IQueryCollection query) => Shown(kind, name => query.TryGetValue(name, out var values) ? values.ToString() : null);

    /// <summary>The same from the body of a search that was read before.</summary>
    public static ShownAttributes Shown(ScimKind kind, JsonElement body) => Shown(kind, name => body.TryGetProperty(name, out var value) ? Text(value) : null).Value;

    private static Result<ScimQuery> Read(ScimKind kind, Func<string, string?> field)
    {
        var shown = Shown(kind, field);
        if (!shown.Succeeded) return shown.Failure;
        Filter? filter = null;
        if (field("filter") is { Length: > 0 } text)
        {
            var read = FilterReader.Read(kind, text);
            if (!read.Succeeded) return read.Failure;
            filter = read.Value;
        }

        AttributePath? sortBy = null;
        if (field("sortBy") is { Length: > 0 } by && (sortBy = AttributePath.Find(kind, by)) is null) return ScimFailures.Path("sortBy is no attribute");
        var order = field("sortOrder");
        if (order is not (null or "" or "ascending" or "descending")) return ScimFailures.Value("sortOrder must be ascending or descending");

        if (!Number(field("startIndex"), 1, 1, int.MaxValue, out var start) || !Number(field("count"), ScimQuery.DefaultCount, 0, ScimQuery.MostCount, out var count))
        {
            return ScimFailures.Value("startIndex and count must be whole numbers");
        }

        var cursor = field("cursor");
        if (cursor is not null && (sortBy is not null || TextRules.Problem(cursor, 0, 64) is not null))
        {
            return ScimFailures.Value("cursor is not one that this server gave, or comes with sortBy");
        }

        return new ScimQuery(kind, filter, sortBy, order == "descending", start, (int)count, cursor, shown.Value);
    }

    private static Result<ShownAttributes> Shown(ScimKind kind, Func<string, string?> field)
    {
        var (only, without) = (field("attributes") ?? "", field("excludedAttributes") ?? "");
        if (only.Length > LongestNames || without.Length > LongestNames) return ScimFailures.Value("There are too many attribute names");
        if (only.Length > 0 && without.Length > 0) return ScimFailures.Value("attributes and excludedAttributes go one without the other");
        return ShownAttributes.Read(kind, only.Split(Commas, StringSplitOptions.RemoveEmptyEntries), without.Split(Commas, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>A number, brought into its range: less than 1 is the first, and less than none is none (RFC 7644 3.4.2.4).</summary>
    private static bool Number(string? text, long usual, long min, long max, out long number)
    {
        number = usual;
        if (text is null) return true;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)) return false;
        number = Math.Clamp(number, min, max);
        return true;
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Array => string.Join(',', value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString())),
        JsonValueKind.Null => null,
        _ => value.GetRawText(),
    };
}
