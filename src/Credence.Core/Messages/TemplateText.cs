using System.Text;
using System.Text.RegularExpressions;

namespace Credence.Messages;

/// <summary>
/// Texts with places to fill in: <c>{{code}}</c> is the value of that name, and what stands between <c>{{#link}}</c> and <c>{{/link}}</c> is there only where
/// there is such a value.
/// </summary>
internal static partial class TemplateText
{
    /// <summary>Fills in.</summary>
    /// <param name="template">The text.</param>
    /// <param name="values">What goes in; what is missing is nothing.</param>
    /// <param name="escape">Makes a value into text of the place it goes to.</param>
    public static string Fill(string template, IReadOnlyDictionary<string, string> values, Func<string, string> escape)
    {
        var filled = new StringBuilder(template.Length + 64);
        var at = 0;
        string? absent = null; // the part that is being left out
        foreach (Match place in Places().Matches(template))
        {
            if (absent is null) filled.Append(template, at, place.Index - at);
            at = place.Index + place.Length;
            var (kind, name) = (place.Groups["kind"].Value, place.Groups["name"].Value);
            var value = values.GetValueOrDefault(name, "");
            switch (kind)
            {
                case "#" when absent is null && value.Length == 0:
                    absent = name;
                    break;
                case "/" when absent == name:
                    absent = null;
                    break;
                case "" when absent is null:
                    filled.Append(escape(value));
                    break;
            }
        }

        return filled.Append(template, at, template.Length - at).ToString();
    }

    /// <summary>What is wrong with a text; null when all its places are known and its parts end in order.</summary>
    public static string? Problem(string template, IReadOnlyCollection<string> known)
    {
        string? open = null;
        foreach (Match place in Places().Matches(template))
        {
            var (kind, name) = (place.Groups["kind"].Value, place.Groups["name"].Value);
            if (!known.Contains(name)) return $"may use only: {string.Join(", ", known.Select(one => $"{{{{{one}}}}}"))}";
            if (kind == "#" && open is not null) return "must not have a part within a part";
            if (kind == "/" && open != name) return "must end each part it begins";
            open = kind switch { "#" => name, "/" => null, _ => open };
        }

        if (open is not null) return "must end each part it begins";
        return Places().Replace(template, "").Contains("{{", StringComparison.Ordinal) ? "must have a name and }} behind each {{" : null;
    }

    /// <summary>A value on one line: what somebody called themselves must not become a header, or look like lines of the text.</summary>
    public static string OneLine(string value) => string.Create(value.Length, value, (line, from) =>
    {
        for (var at = 0; at < from.Length; at++) line[at] = char.IsControl(from[at]) || from[at] is '\u2028' or '\u2029' ? ' ' : from[at];
    });

    [GeneratedRegex("""\{\{(?<kind>[#/]?)(?<name>[A-Za-z]+)\}\}""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Places();
}
