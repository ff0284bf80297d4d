using Credence.Storage;

namespace Credence.Scim;

/// <summary>Reads filters (RFC 7644 3.4.2.2), also inside the paths of changes; recursive descent, with bounds on length and depth.</summary>
public sealed class FilterReader
{
    private const int Longest = 4_096;
    private const int Deepest = 50;

    private readonly FilterTokens _tokens;
    private readonly Func<string, AttributePath?> _find;
    private int _depth;

    private FilterReader(FilterTokens tokens, Func<string, AttributePath?> find)
    {
        _tokens = tokens;
        _find = find;
    }

    /// <summary>Reads a whole filter on resources of <paramref name="kind"/>.</summary>
    public static Result<Filter> Read(ScimKind kind, string text)
    {
        if (text.Length > Longest) return ScimFailures.Filter($"A filter has at most {Longest} characters");
        var tokens = new FilterTokens(text);
        var filter = new FilterReader(tokens, name => AttributePath.Find(kind, name)).Or();
        return !filter.Succeeded || tokens.IsAtEnd ? filter : ScimFailures.Filter("The filter goes on where it should end");
    }

    /// <summary>Reads what stands between the brackets behind <paramref name="owner"/>; the opening one is taken already, the closing one is taken here.</summary>
    internal static Result<Filter> ReadWithin(FilterTokens tokens, AttributeDefinition owner)
    {
        var filter = new FilterReader(tokens, name => AttributePath.FindIn(owner, name)).Or();
        return !filter.Succeeded || tokens.Take(']') ? filter : ScimFailures.Filter("A closing bracket is missing");
    }

    private Result<Filter> Or()
    {
        if (++_depth > Deepest) return ScimFailures.Filter("The filter is nested too deeply");
        var left = And();
        while (left.Succeeded && _tokens.Take("or"))
        {
            var right = And();
            left = right.Succeeded ? new Filter.Or(left.Value, right.Value) : right;
        }

        _depth--;
        return left;
    }

    private Result<Filter> And()
    {
        var left = One();
        while (left.Succeeded && _tokens.Take("and"))
        {
            var right = One();
            left = right.Succeeded ? new Filter.And(left.Value, right.Value) : right;
        }

        return left;
    }

    private Result<Filter> One()
    {
        if (_tokens.Next() == '(') return Group();
        var name = _tokens.Word();
        if (name.Equals("not", StringComparison.OrdinalIgnoreCase) && _tokens.Next() == '(') return Negated(Group());
        if (_find(name) is not { } path) return ScimFailures.Filter($"There is no attribute {Shown(name)} to filter by");
        return _tokens.Take('[') ? Brackets(path) : Comparison(path);
    }

    private Result<Filter> Group()
    {
        _tokens.Take('(');
        var inner = Or();
        return !inner.Succeeded || _tokens.Take(')') ? inner : ScimFailures.Filter("A closing parenthesis is missing");
    }

    private Result<Filter> Brackets(AttributePath path)
    {
        if (path.Last.Type != ScimType.Complex) return ScimFailures.Filter($"{path.Name} has no parts to filter by");
        var inner = ReadWithin(_tokens, path.Last);
        if (!inner.Succeeded) return inner;
        return _tokens.Next() == '.' ? Behind(path, inner.Value) : new Filter.Within(path, inner.Value);
    }

    /// <summary><c>emails[type eq "work"].value eq "…"</c>: not in the grammar, but Entra ID asks so. One value must match both.</summary>
    private Result<Filter> Behind(AttributePath path, Filter inner)
    {
        if (AttributePath.FindIn(path.Last, _tokens.Word()[1..]) is not { } part) return ScimFailures.Filter($"{path.Name} has no such part");
        var compared = Comparison(part);
        if (!compared.Succeeded) return compared;
        return compared.Value is Filter.Not { Inner: Filter.Compare equal }
            ? new Filter.Not(new Filter.Within(path, new Filter.And(inner, equal)))
            : new Filter.Within(path, new Filter.And(inner, compared.Value));
    }

    private Result<Filter> Comparison(AttributePath path)
    {
        var word = _tokens.Word();
        if (word.Equals("pr", StringComparison.OrdinalIgnoreCase)) return new Filter.Present(path);
        var differs = word.Equals("ne", StringComparison.OrdinalIgnoreCase);
        if (Words.Find<FilterOp>(differs ? "eq" : word.ToLowerInvariant()) is not { } op) return ScimFailures.Filter($"{Shown(word)} is no operator");
        if (_tokens.Value() is not { } value) return ScimFailures.Filter($"{path.Name} is compared with no value that can be read");
        if (value is DBNull && op != FilterOp.Eq) return ScimFailures.Filter("null is equal or not, and nothing else");
        if (value is DBNull) return differs ? new Filter.Present(path) : new Filter.Not(new Filter.Present(path));
        var compared = Typed(path, op, value);
        return compared.Succeeded && differs ? new Filter.Not(compared.Value) : compared;
    }

    private static Result<Filter> Typed(AttributePath path, FilterOp op, object value)
    {
        if (path.Last.Type == ScimType.Complex)
        {
            if (path.Last.Part("value") is not { } main) return ScimFailures.Filter($"{path.Name} has no value of its own to compare");
            path = new AttributePath([.. path.Steps, main]);
        }

        switch (path.Last.Type)
        {
            case ScimType.Boolean:
                if (op != FilterOp.Eq) return ScimFailures.Filter($"{path.Name} is true or false, and not more or less");
                if (value is bool || bool.TryParse((string)value, out _)) return new Filter.Compare(path, op, value as bool? ?? bool.Parse((string)value));
                return ScimFailures.Filter($"{path.Name} is true or false");
            case ScimType.DateTime:
                if (op is FilterOp.Co or FilterOp.Sw or FilterOp.Ew) return ScimFailures.Filter($"{path.Name} is a time, and no text");
                if (value is string text && FilterMatch.Instant(text) is { } at) return new Filter.Compare(path, op, at);
                return ScimFailures.Filter($"{path.Name} is compared with a time such as 2026-11-20T23:18:34Z");
            default:
                return value is string ? new Filter.Compare(path, op, value) : ScimFailures.Filter($"{path.Name} is compared with a text in quotes");
        }
    }

    private static Result<Filter> Negated(Result<Filter> inner) => inner.Succeeded ? new Filter.Not(inner.Value) : inner;

    private static string Shown(string word) => word.Length is > 0 and <= 64 ? word : "of that name";
}
