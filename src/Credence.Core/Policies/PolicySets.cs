using System.Collections.Concurrent;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Policies;

/// <summary>
/// Organizations' rules, in memory. Whoever asks has just read the organization's row, and the row says which version of the rules counts: so a change
/// made on any node is followed at once by every other, with no message to miss, and rules that have not changed cost no statement (decision 0020).
/// </summary>
public sealed class PolicySets(Db db)
{
    private const int MostKept = 100_000;
    private readonly ConcurrentDictionary<Id<Organization>, Kept> _sets = new();
    private int _kept;

    private sealed record Kept(long Version, IReadOnlyList<Policy> Rules);

    /// <summary>The rules of <paramref name="organization"/> as they were when its row was read, or newer; in the order they are looked at.</summary>
    public async ValueTask<IReadOnlyList<Policy>> OfAsync(Organization organization, CancellationToken ct)
    {
        if (organization.PolicyVersion == 0) return []; // it never had any
        if (_sets.TryGetValue(organization.Id, out var kept) && kept.Version == organization.PolicyVersion) return kept.Rules;

        var rules = await PolicyStore.ListAsync(db, organization.Id, ct);
        if (Interlocked.Add(ref _kept, rules.Count + 1) > MostKept) // counts replaced ones too: rare, cheap to refill, and never more memory than this
        {
            _sets.Clear();
            Interlocked.Exchange(ref _kept, rules.Count + 1);
        }

        _sets[organization.Id] = new Kept(organization.PolicyVersion, rules);
        return rules;
    }
}
