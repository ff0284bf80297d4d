using System.Globalization;
using Credence.Storage;

namespace Credence.Server.Doors;

/// <summary>The query parameters of a request. Unknown ones are ignored; a known one that comes twice is refused, because two readers could choose differently.</summary>
internal sealed class QueryFields(IQueryCollection query)
{
    private readonly List<FieldProblem> _problems = [];

    /// <summary>Everything wrong with what was read so far.</summary>
    public IReadOnlyList<FieldProblem> Problems => _problems;

    /// <summary>The first thing wrong with what was read so far; null when nothing was.</summary>
    public Failure? Problem => _problems.Count == 0 ? null : Failure.Invalid(_problems[0].ToString());

    /// <summary>A text, or null when absent.</summary>
    public string? TextOrNull(string name, int max)
    {
        if (!query.TryGetValue(name, out var values)) return null;
        if (values is not [{ } text])
        {
            Refuse(name, "must be given once");
            return null;
        }

        if (TextRules.Problem(text, 0, max) is not { } problem) return text;
        Refuse(name, problem);
        return null;
    }

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>, or null when absent.</summary>
    public int? NumberOrNull(string name, int min, int max) => (int?)LongOrNull(name, min, max);

    /// <summary>The same of up to 64 bits.</summary>
    public long? LongOrNull(string name, long min, long max)
    {
        if (TextOrNull(name, 20) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        Refuse(name, $"must be a whole number from {min} to {max}");
        return null;
    }

    /// <summary>An instant as RFC 3339 writes it, or null when absent.</summary>
    public DateTimeOffset? TimeOrNull(string name)
    {
        if (TextOrNull(name, 40) is not { } text) return null;
        if (DateTimeOffset.TryParseExact(text, Instants.Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return at;
        Refuse(name, "must be a time such as 2026-11-20T23:15:57.438Z");
        return null;
    }

    /// <summary>One of some words, or null when absent.</summary>
    public string? OneOfOrNull(string name, params string[] words)
    {
        if (TextOrNull(name, 64) is not { } text) return null;
        if (words.Contains(text, StringComparer.Ordinal)) return text;
        Refuse(name, $"must be one of {string.Join(", ", words)}");
        return null;
    }

    /// <summary>One word of <typeparamref name="TWord"/>, or null when absent.</summary>
    public TWord? WordOrNull<TWord>(string name)
        where TWord : struct, Enum =>
        OneOfOrNull(name, [.. Enum.GetValues<TWord>().Select(word => Words.Of(word))]) is { } text ? Words.Find<TWord>(text) : null;

    /// <summary>Notes what is wrong with a parameter.</summary>
    public void Refuse(string name, string problem) => _problems.Add(new FieldProblem(name, problem));

    /// <summary>Which part of a list is asked for: <c>limit</c> (1 to 1000) and <c>cursor</c>. Without a limit it is the whole rest.</summary>
    public ListPart<T> Part<T>()
        where T : IIdentified
    {
        var most = NumberOrNull("limit", 1, 1000);
        if (TextOrNull("cursor", 64) is not { } text) return new ListPart<T>(null, most);
        if (!Cursor.TryRead<T>(text, out var before)) Refuse("cursor", "is not one that this server gave");
        return new ListPart<T>(before, most);
    }
}

/// <summary>A part of a list.</summary>
/// <param name="Before">The row it begins behind, or null for the list's head.</param>
/// <param name="Most">How many rows, or null for all.</param>
internal readonly record struct ListPart<T>(Keyset? Before, int? Most)
    where T : IIdentified
{
    /// <summary>Where the next part begins; null when this one was the last.</summary>
    public string? Next<TRow>(List<TRow> rows, Func<TRow, DateTimeOffset> at, Func<TRow, Id<T>> id) =>
        rows.Count > 0 && rows.Count == Most ? Cursor.Write(at(rows[^1]), id(rows[^1])) : null;
}
