using System.Collections.Frozen;

namespace Credence.Roles;

/// <summary>
/// The model of contract identity B.1, in memory: a question is answered yes when some edge allows it and none denies it, among the edges of the subject and
/// of every group that it belongs to in that domain, through however many groups. Never changes; a change makes a new one.
/// </summary>
public sealed class AccessGraph
{
    private readonly FrozenDictionary<string, DirectAccess> _subjects;

    private AccessGraph(FrozenDictionary<string, DirectAccess> subjects) => _subjects = subjects;

    /// <summary>The graph of these edges.</summary>
    public static AccessGraph Of(IEnumerable<PolicyDefinition> edges) =>
        new(edges.GroupBy(edge => edge.Subject.ToString(), StringComparer.Ordinal).ToFrozenDictionary(own => own.Key, DirectAccess.Of, StringComparer.Ordinal));

    /// <summary>What a subject in the graph has by edges of its own.</summary>
    public DirectAccess Find(string subject) => _subjects.GetValueOrDefault(subject, DirectAccess.None);

    /// <summary>Whether a subject may; <paramref name="own"/> is what it has itself, for one that is not in the graph.</summary>
    public bool Allows(AccessQuestion asked, DirectAccess own)
    {
        var allowed = false;
        foreach (var (_, access) in Reached(own, pattern => KeyMatch.Matches(asked.Domain, pattern)))
        {
            var said = access.Decide(asked);
            if (said == EdgeEffect.Deny) return false;
            allowed |= said == EdgeEffect.Allow;
        }

        return allowed;
    }

    /// <summary>What a subject has itself, under no name, and what each group has that it belongs to by edges whose domain <paramref name="counts"/>.</summary>
    internal IEnumerable<(string? Group, DirectAccess Access)> Reached(DirectAccess own, Func<string, bool> counts)
    {
        yield return (null, own);
        if (own.Groups.Count == 0) yield break;

        var seen = new HashSet<string>(StringComparer.Ordinal); // a group that is reached twice, or in a circle, says no more than once
        var next = new Queue<DirectAccess>([own]);
        while (next.TryDequeue(out var member))
        {
            foreach (var edge in member.Groups)
            {
                if (!counts(edge.Domain) || !seen.Add(edge.Group)) continue;
                var group = Find(edge.Group);
                yield return (edge.Group, group);
                next.Enqueue(group);
            }
        }
    }
}
