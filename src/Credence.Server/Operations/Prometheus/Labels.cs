using System.Globalization;

namespace Credence.Server.Operations.Prometheus;

/// <summary>The label values of one series; no instrument has more than three.</summary>
internal readonly record struct Labels(string? First, string? Second, string? Third)
{
    /// <summary>Reads them from the tags of a measurement, in the order the instrument gives them.</summary>
    public static Labels Of(ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.Length switch
    {
        0 => default,
        1 => new(Text(tags[0]), null, null),
        2 => new(Text(tags[0]), Text(tags[1]), null),
        3 => new(Text(tags[0]), Text(tags[1]), Text(tags[2])),
        _ => throw new NotSupportedException("an instrument has at most three labels"),
    };

    private static string Text(KeyValuePair<string, object?> tag) => tag.Value as string ?? Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "";
}
