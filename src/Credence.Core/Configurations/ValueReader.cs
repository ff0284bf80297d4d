using System.Globalization;
using System.Text.Json;

namespace Credence.Configurations;

/// <summary>Reads the members of a value and keeps the first thing that is wrong with it. A member nobody asked for is wrong too: it would do nothing.</summary>
public sealed class ValueReader
{
    private readonly JsonElement _value;
    private readonly string _path;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Begins to read an object.</summary>
    public ValueReader(JsonElement value, string path = "value")
    {
        (_value, _path) = (value, path);
        if (value.ValueKind != JsonValueKind.Object) Problem = new ValueProblem(path, "must be an object");
    }

    /// <summary>What is wrong, as far as was read; null when nothing is.</summary>
    public ValueProblem? Problem { get; private set; }

    /// <summary>A text of 1 to <paramref name="most"/> characters.</summary>
    public string? Text(string name, int most, bool isRequired = true)
    {
        if (Find(name, isRequired) is not { } member) return null;
        if (member.ValueKind == JsonValueKind.String && member.GetString() is { Length: > 0 } text && text.Length <= most) return text;
        return Wrong<string>(name, string.Create(CultureInfo.InvariantCulture, $"must be a text of 1 to {most} characters"));
    }

    /// <summary>A text of one line, none of whose characters is a control character.</summary>
    public string? Line(string name, int most, bool isRequired = true) =>
        Text(name, most, isRequired) is not { } text ? null : text.Any(char.IsControl) ? Wrong<string>(name, "must be one line without control characters") : text;

    /// <summary>One of some words.</summary>
    public string? OneOf(string name, string[] words, bool isRequired = true)
    {
        if (Find(name, isRequired) is not { } member) return null;
        if (member.ValueKind == JsonValueKind.String && Array.IndexOf(words, member.GetString()) >= 0) return member.GetString();
        return Wrong<string>(name, $"must be one of: {string.Join(", ", words)}");
    }

    /// <summary>A whole number in a range.</summary>
    public int? Number(string name, int least, int most, bool isRequired = true)
    {
        if (Find(name, isRequired) is not { } member) return null;
        if (NumberOf(member, least, most) is { } number) return number;
        Wrong<string>(name, RangeOf(least, most));
        return null;
    }

    /// <summary>A member that is read on its own; null where it is not there.</summary>
    public JsonElement? Find(string name, bool isRequired = true)
    {
        _known.Add(name);
        if (_value.ValueKind != JsonValueKind.Object) return null;
        if (_value.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null) return member;
        if (isRequired) Wrong<string>(name, "is required");
        return null;
    }

    /// <summary>Says that a member is wrong.</summary>
    public T? Wrong<T>(string name, string message)
        where T : class
    {
        Problem ??= new ValueProblem($"{_path}.{name}", message);
        return null;
    }

    /// <summary>Takes over what is wrong with a part that was read on its own.</summary>
    public void Add(ValueProblem? problem) => Problem ??= problem;

    /// <summary>Ends: what is wrong, or that there is a member nobody knows.</summary>
    public ValueProblem? End()
    {
        if (Problem is not null) return Problem;
        foreach (var member in _value.EnumerateObject())
        {
            if (!_known.Contains(member.Name)) return new ValueProblem(_path, $"may have no members but: {string.Join(", ", _known)}");
        }

        return null;
    }

    /// <summary>A whole number in a range; null for anything else.</summary>
    internal static int? NumberOf(JsonElement value, int least, int most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? number : null;

    internal static string RangeOf(int least, int most) => string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {least} to {most}");
}
