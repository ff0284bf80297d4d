namespace Credence.Scim;

/// <summary>The way to an attribute: <c>userName</c>, <c>name.familyName</c>, or either behind its schema's URN (RFC 7644 3.10).</summary>
/// <param name="Steps">The attributes on it, the outermost first; never none.</param>
public sealed record AttributePath(IReadOnlyList<AttributeDefinition> Steps)
{
    /// <summary>The attribute it leads to.</summary>
    public AttributeDefinition Last => Steps[^1];

    /// <summary>The names on it, joined by dots.</summary>
    public string Name { get; } = string.Join('.', Steps.Select(step => step.Name));

    /// <summary>Finds the attribute that <paramref name="text"/> names; <c>manager</c> alone is the extension's, because Entra ID asks for it so.</summary>
    /// <returns>Null when there is none.</returns>
    public static AttributePath? Find(ScimKind kind, string text)
    {
        var (steps, rest) = (new List<AttributeDefinition>(), text);
        if (Behind(text, kind.Schema.Urn) is { } own) rest = own;
        else if (kind.Extension is { } extension && (text.Equals(extension.Urn, StringComparison.OrdinalIgnoreCase) || Behind(text, extension.Urn) is not null))
        {
            steps.Add(kind.Attribute(extension.Urn)!);
            if (Behind(text, extension.Urn) is not { } inner) return new AttributePath(steps);
            rest = inner;
        }

        return Follow(kind.Attributes, steps, rest) ?? (steps.Count == 0 && kind.Extension is { } unsaid ? Follow(kind.Attributes, [kind.Attribute(unsaid.Urn)!], rest) : null);
    }

    /// <summary>Finds a part of <paramref name="owner"/>: a way that begins at one of its values.</summary>
    /// <returns>Null when it has no such part.</returns>
    public static AttributePath? FindIn(AttributeDefinition owner, string text) => Follow(owner.Parts, [], text);

    private static AttributePath? Follow(IReadOnlyList<AttributeDefinition> among, List<AttributeDefinition> steps, string text)
    {
        if (steps.Count > 0) among = steps[^1].Parts;
        foreach (var name in text.Split('.'))
        {
            if (AttributeDefinition.Find(among, name) is not { } found) return null;
            steps.Add(found);
            among = found.Parts;
        }

        return new AttributePath(steps);
    }

    private static string? Behind(string text, string urn) =>
        text.Length > urn.Length + 1 && text[urn.Length] == ':' && text.StartsWith(urn, StringComparison.OrdinalIgnoreCase) ? text[(urn.Length + 1)..] : null;
}
