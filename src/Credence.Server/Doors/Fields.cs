using System.Text.Json;
using Credence.Storage;

namespace Credence.Server.Doors;

/// <summary>
/// The members of a JSON body, read one by one with their syntax checked. What is wrong is kept in <see cref="Problems"/>; what is read in place
/// of a bad member has no meaning. Unknown members are ignored.
/// </summary>
/// <param name="root">The body; undefined when there was none, which is no mistake where every member is optional.</param>
internal sealed class Fields(JsonElement root)
{
    /// <summary>The longest scope (contract grantex 3.4).</summary>
    private const int ScopeLength = 256;

    private readonly List<FieldProblem> _problems =
        root.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined ? [] : [new FieldProblem("The body", "must be a JSON object")];

    /// <summary>Whether the body is an object.</summary>
    public bool IsObject => root.ValueKind == JsonValueKind.Object;

    /// <summary>Everything wrong with what was read so far, the first of each member.</summary>
    public IReadOnlyList<FieldProblem> Problems => _problems;

    /// <summary>The first thing wrong with what was read so far; null when nothing was.</summary>
    public Failure? Problem => _problems.Count == 0 ? null : Failure.Invalid(_problems[0].ToString());

    /// <summary>Whether the member is there, be it null.</summary>
    public bool Has(string name) => IsObject && root.TryGetProperty(name, out _);

    /// <summary>Whether the member is there and null, which is not the same as absent.</summary>
    public bool IsNull(string name) => IsObject && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Null;

    /// <summary>A text that must be there.</summary>
    public string Text(string name, int max, int min = 1)
    {
        if (!Has(name)) return Refuse(name, "is required");
        return TextOrNull(name, max, min) ?? "";
    }

    /// <summary>A text that may be absent, but not null.</summary>
    public string? TextOrNull(string name, int max, int min = 1)
    {
        if (!Find(name, out var value)) return null;
        if (TextOf(value) is not { } text) return Refuse(name, "must be a string");
        return TextRules.Problem(text, min, max) is { } problem ? Refuse(name, problem) : text;
    }

    /// <summary>A name that must be there: not blank, given back without the white space around it.</summary>
    public string Name(string name, int max)
    {
        if (!Has(name)) return Refuse(name, "is required");
        return NameOrNull(name, max) ?? "";
    }

    /// <summary>A name that may be absent: not blank, given back without the white space around it.</summary>
    public string? NameOrNull(string name, int max)
    {
        // White space is not counted, but neither may it be endless.
        var trimmed = TextOrNull(name, max + 1024, min: 0)?.Trim();
        if (trimmed is null) return null;
        return TextRules.Problem(trimmed, 1, max) is { } problem ? Refuse(name, problem) : trimmed;
    }

    /// <summary>A list of scopes that must be there.</summary>
    public IReadOnlyList<string> Scopes(string name, int min, int max)
    {
        if (Has(name)) return ScopesOrNull(name, min, max) ?? [];
        Refuse(name, "is required");
        return [];
    }

    /// <summary>A list of scopes that may be absent: each of 1 to 256 characters and not blank.</summary>
    public IReadOnlyList<string>? ScopesOrNull(string name, int min, int max) => TextsOrNull(name, min, max, ScopeLength);

    /// <summary>A list of texts that may be absent, none of them blank.</summary>
    public IReadOnlyList<string>? TextsOrNull(string name, int min, int max, int length)
    {
        if (!Find(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.Array)
        {
            Refuse(name, "must be an array of strings");
            return null;
        }

        var count = value.GetArrayLength();
        if (count < min || count > max)
        {
            Refuse(name, $"must have {min} to {max} items");
            return null;
        }

        var texts = new List<string>(count);
        foreach (var item in value.EnumerateArray())
        {
            var text = TextOf(item);
            var problem = text is null ? "must be strings" : string.IsNullOrWhiteSpace(text) ? "must not be blank" : TextRules.Problem(text, 1, length);
            if (problem is not null)
            {
                Refuse(name, $"holds a bad item: items {problem}");
                return null;
            }

            texts.Add(text!);
        }

        return texts;
    }

    /// <summary>A web address that may be absent.</summary>
    public string? WebAddressOrNull(string name)
    {
        if (TextOrNull(name, WebAddress.Length) is not { } text || Problem is not null) return null;
        return WebAddress.IsSound(text) ? text : Refuse(name, "must be an absolute http or https address with a host and without user info");
    }

    /// <summary>A list of web addresses that may be absent.</summary>
    public IReadOnlyList<string>? WebAddressesOrNull(string name, int max)
    {
        var texts = TextsOrNull(name, 0, max, WebAddress.Length);
        if (texts is not null && !texts.All(WebAddress.IsSound)) Refuse(name, "must be absolute http or https addresses with a host and without user info");
        return texts;
    }

    /// <summary>A duration such as <c>24h</c>, or null when absent.</summary>
    public TimeSpan? DurationOrNull(string name)
    {
        if (!Find(name, out var value)) return null;
        if (TextOf(value) is { } text && Durations.Parse(text) is { } duration) return duration;
        Refuse(name, "must be a positive number followed by s, m, h or d, such as 24h");
        return null;
    }

    /// <summary>An instant such as <c>2026-11-20T23:18:34Z</c>, or null when absent; without an offset it would mean another one on every machine.</summary>
    public DateTimeOffset? InstantOrNull(string name)
    {
        if (!Find(name, out var value)) return null;
        if (Instants.Parse(TextOf(value)) is { } at) return at;
        Refuse(name, "must be a time with its offset, such as 2026-11-20T23:18:34Z");
        return null;
    }

    /// <summary>One word of <typeparamref name="TWord"/>, or null when absent; <paramref name="only"/> narrows which.</summary>
    public TWord? WordOrNull<TWord>(string name, params ReadOnlySpan<TWord> only)
        where TWord : struct, Enum
    {
        if (!Find(name, out var value)) return null;
        ReadOnlySpan<TWord> allowed = only.IsEmpty ? Enum.GetValues<TWord>() : only;
        if (Words.Find<TWord>(TextOf(value)) is { } word && allowed.Contains(word)) return word;

        var words = new List<string>(allowed.Length);
        foreach (var member in allowed) words.Add(Words.Of(member));
        Refuse(name, $"must be one of {string.Join(", ", words)}");
        return null;
    }

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>, or null when absent.</summary>
    public int? NumberOrNull(string name, int min, int max)
    {
        if (!Find(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max) return number;
        Refuse(name, $"must be a whole number from {min} to {max}");
        return null;
    }

    /// <summary>True or false, or null when absent.</summary>
    public bool? FlagOrNull(string name)
    {
        if (!Find(name, out var value)) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Refuse(name, "must be true or false");
        return null;
    }

    /// <summary>An object that may be absent, whatever is in it.</summary>
    public JsonElement? ObjectOrNull(string name)
    {
        if (!Find(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Object) return value;
        Refuse(name, "must be an object");
        return null;
    }

    /// <summary>An object that must be there, whatever is in it.</summary>
    public JsonElement Json(string name)
    {
        if (!Has(name)) Refuse(name, "is required");
        return ObjectOrNull(name) ?? default;
    }

    /// <summary>A member of any sort that must be there.</summary>
    public JsonElement Any(string name)
    {
        if (IsObject && root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null) return value;
        Refuse(name, "is required");
        return default;
    }

    /// <summary>The members of an object that must be there.</summary>
    public Fields Object(string name) => new(Json(name));

    /// <summary>The first member that is none of <paramref name="known"/>, or null.</summary>
    public string? OtherThan(IReadOnlyCollection<string> known) => IsObject
        ? root.EnumerateObject().Select(member => member.Name).FirstOrDefault(name => !known.Contains(name, StringComparer.Ordinal))
        : null;

    /// <summary>One word of <typeparamref name="TWord"/> that must be there.</summary>
    public TWord Word<TWord>(string name)
        where TWord : struct, Enum
    {
        if (!Has(name)) Refuse(name, "is required");
        return WordOrNull<TWord>(name) ?? default;
    }

    /// <summary>Words of <typeparamref name="TWord"/>, at least one; null when absent.</summary>
    public IReadOnlyList<TWord>? WordsOrNull<TWord>(string name)
        where TWord : struct, Enum
    {
        var all = Enum.GetValues<TWord>();
        if (TextsOrNull(name, 1, all.Length, 64) is not { } texts) return null;
        var words = texts.Select(text => Words.Find<TWord>(text)).ToList();
        if (words.Contains(null)) Refuse(name, $"must be some of {string.Join(", ", all.Select(member => Words.Of(member)))}");
        return [.. words.OfType<TWord>()];
    }

    /// <summary>A whole number that must be there.</summary>
    public int Number(string name, int min, int max)
    {
        if (!Has(name)) Refuse(name, "is required");
        if (!Find(name, out var value)) return min;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max) return number;
        Refuse(name, $"must be a whole number from {min} to {max}");
        return min;
    }

    /// <summary>Notes what is wrong with a member, unless something was already.</summary>
    /// <returns>An empty text, to be given back in place of the field's.</returns>
    public string Refuse(string name, string problem)
    {
        if (!_problems.Exists(known => known.Field == name)) _problems.Add(new FieldProblem(name, problem));
        return "";
    }

    private bool Find(string name, out JsonElement value)
    {
        value = default;
        return IsObject && root.TryGetProperty(name, out value);
    }

    private static string? TextOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return "\0"; // an unpaired surrogate, written as an escape: refused below like NUL, in the same words
        }
    }
}
