using System.Collections.Frozen;

namespace Credence.Roles;

/// <summary>What one subject has by edges of its own: the groups it belongs to, and what it may do or must not. Never changes.</summary>
public sealed class DirectAccess
{
    private readonly FrozenDictionary<(string Object, string Action), PolicyDefinition[]> _policies;

    private DirectAccess(PolicyDefinition[] groups, FrozenDictionary<(string, string), PolicyDefinition[]> policies)
    {
        Groups = groups;
        _policies = policies;
    }

    /// <summary>Nothing at all.</summary>
    public static DirectAccess None { get; } = Of([]);

    /// <summary>The group edges that begin at it.</summary>
    public IReadOnlyList<PolicyDefinition> Groups { get; }

    /// <summary>The policy edges that begin at it.</summary>
    public IEnumerable<PolicyDefinition> Policies => _policies.Values.SelectMany(same => same);

    /// <summary>What <paramref name="edges"/> of one subject give it.</summary>
    public static DirectAccess Of(IEnumerable<PolicyDefinition> edges)
    {
        var sorted = edges.ToLookup(edge => edge.Variant);
        var policies = sorted[EdgeVariant.Policy].GroupBy(edge => (edge.Object, edge.Action)).ToFrozenDictionary(same => same.Key, same => same.ToArray());
        return new DirectAccess([.. sorted[EdgeVariant.Group]], policies);
    }

    /// <summary>What its own policy edges say; null when none of them is about this.</summary>
    public EdgeEffect? Decide(AccessQuestion asked)
    {
        EdgeEffect? said = null;
        foreach (var edge in _policies.GetValueOrDefault((asked.Object, asked.Action), []))
        {
            if (!KeyMatch.Matches(asked.Domain, edge.Domain)) continue;
            if (edge.Effect == EdgeEffect.Deny) return EdgeEffect.Deny;
            said = EdgeEffect.Allow;
        }

        return said;
    }
}
