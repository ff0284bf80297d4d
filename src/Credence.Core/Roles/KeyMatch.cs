namespace Credence.Roles;

/// <summary>The model's function of that name, by which domains are compared (contract identity B.1).</summary>
public static class KeyMatch
{
    /// <summary>Whether <paramref name="domain"/> begins as <paramref name="pattern"/> does up to its first star; without a star, whether they are the same.</summary>
    /// <remarks>A pattern may stand in the place of the domain: then this says whether <paramref name="pattern"/> covers it.</remarks>
    public static bool Matches(string domain, string pattern)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0 ? domain == pattern : domain.AsSpan().StartsWith(pattern.AsSpan(0, star), StringComparison.Ordinal);
    }

    /// <summary>Whether some domain is matched by both.</summary>
    public static bool Overlap(string one, string other) => Matches(one, other) || Matches(other, one);
}
