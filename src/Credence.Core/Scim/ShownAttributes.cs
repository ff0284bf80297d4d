using System.Text.Json.Nodes;

namespace Credence.Scim;

/// <summary>Which attributes a client wants to see: only some, or all but some (RFC 7644 3.9).</summary>
/// <param name="Only">Ways to those it wants; null for all.</param>
/// <param name="Without">Ways to those it does not want.</param>
public sealed record ShownAttributes(IReadOnlyList<AttributePath>? Only, IReadOnlyList<AttributePath> Without)
{
    private const int MostNames = 200;

    /// <summary>All of them.</summary>
    public static readonly ShownAttributes All = new(null, []);

    /// <summary>Reads the two lists of names; names that mean nothing here are passed over, and a list of none but those shows what is always shown.</summary>
    public static ShownAttributes Read(ScimKind kind, IReadOnlyCollection<string> only, IEnumerable<string> without) =>
        new(only.Count == 0 ? null : Paths(kind, only), Paths(kind, without));

    /// <summary>Whether the attribute, or a part of it, is to be seen.</summary>
    public bool Shows(string name) =>
        Only is not null ? Only.Any(path => path.Steps[0].Name == name) : !Without.Any(path => path.Steps.Count == 1 && path.Last.Name == name);

    /// <summary>Takes out what is not to be seen.</summary>
    public void Narrow(ScimKind kind, JsonObject resource)
    {
        if (Only is { } only) Keep(kind.Attributes, resource, [.. only.Select(path => path.Steps)]);
        foreach (var path in Without.Where(path => !path.Steps[0].IsAlwaysShown))
        {
            foreach (var holder in FilterMatch.Values(resource, path.Steps.SkipLast(1)).OfType<JsonObject>().ToList()) holder.Remove(path.Last.Name);
        }
    }

    private static void Keep(IReadOnlyList<AttributeDefinition> attributes, JsonObject from, List<IReadOnlyList<AttributeDefinition>> wanted)
    {
        foreach (var attribute in attributes)
        {
            var ways = wanted.Where(way => way[0] == attribute).ToList();
            if (ways.Count == 0)
            {
                if (!attribute.IsAlwaysShown) from.Remove(attribute.Name);
                continue;
            }

            if (ways.Exists(way => way.Count == 1)) continue;
            var deeper = ways.ConvertAll(way => (IReadOnlyList<AttributeDefinition>)[.. way.Skip(1)]);
            foreach (var part in FilterMatch.Values(from, [attribute]).OfType<JsonObject>().ToList()) Keep(attribute.Parts, part, deeper);
        }
    }

    private static List<AttributePath> Paths(ScimKind kind, IEnumerable<string> names) =>
        [.. names.Take(MostNames).Select(name => AttributePath.Find(kind, name.Trim())).OfType<AttributePath>()];
}
