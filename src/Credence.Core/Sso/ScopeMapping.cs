namespace Credence.Sso;

/// <summary>Which scopes the groups of a person stand for (contract grantex-enterprise 4.2).</summary>
/// <param name="GroupAttribute">The claim in which the provider names the groups, or null for <c>groups</c>.</param>
/// <param name="Groups">The scopes of each group; letters count as they are.</param>
/// <param name="Defaults">The scopes of who is in none of them.</param>
public sealed record ScopeMapping(string? GroupAttribute, IReadOnlyDictionary<string, string[]> Groups, IReadOnlyList<string> Defaults)
{
    /// <summary>The claim in which the provider names the groups.</summary>
    public string Claim => GroupAttribute ?? "groups";

    /// <summary>Whether groups are looked at at all.</summary>
    internal bool ReadsGroups => Groups.Count > 0;

    /// <summary>What a person in these groups may have, each scope once, in order.</summary>
    /// <returns>Null when the connection says nothing of scopes, which is not the same as none.</returns>
    public IReadOnlyList<string>? Scopes(IEnumerable<string> of)
    {
        if (Groups.Count == 0 && Defaults.Count == 0) return null;
        var matched = of.Where(Groups.ContainsKey).ToList();
        IEnumerable<string> scopes = matched.Count > 0 ? matched.SelectMany(group => Groups[group]) : Defaults;
        return [.. scopes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}
