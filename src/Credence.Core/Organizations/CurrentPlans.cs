using System.Collections.Concurrent;
using Credence.Storage;

namespace Credence.Organizations;

/// <summary>
/// Which plan an organization has, from memory and never more than a second old: whoever changes a plan, be it an operator in the database, it counts on every
/// node within a second (contract agent-idp B.12).
/// </summary>
public sealed class CurrentPlans(Db db, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(700);

    /// <summary>How long a caller waits for the database; meanwhile, and without an answer, what was known stands.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const int MostKept = 100_000;
    private readonly ConcurrentDictionary<Id<Organization>, Known> _known = new();

    private sealed record Known(Plan Plan, DateTimeOffset AskAgainAt);

    /// <returns>The organization's plan; the free one when there is no such organization.</returns>
    public async ValueTask<Plan> OfAsync(Id<Organization> organization, CancellationToken ct)
    {
        var now = clock.Now();
        if (!_known.TryGetValue(organization, out var known)) return await AskAsync(organization, now, ct);
        if (now < known.AskAgainAt) return known.Plan;
        if (!_known.TryUpdate(organization, known with { AskAgainAt = now + Patience }, known)) return known.Plan; // another caller asks
        try
        {
            return await AskAsync(organization, now, ct).WaitAsync(Patience, ct);
        }
        catch (Exception error) when (error is TimeoutException || db.Engine.IsUnavailable(error))
        {
            return known.Plan;
        }
    }

    private async Task<Plan> AskAsync(Id<Organization> organization, DateTimeOffset now, CancellationToken ct)
    {
        var plan = (await OrganizationStore.FindAsync(db, organization, ct))?.Plan ?? Plan.Free;
        if (_known.Count >= MostKept) _known.Clear(); // rare, and cheap to refill
        _known[organization] = new Known(plan, now + Fresh);
        return plan;
    }
}
