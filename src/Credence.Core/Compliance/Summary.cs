using Credence.Agents;
using Credence.Audit;
using Credence.Grants;
using Credence.Organizations;

namespace Credence.Compliance;

/// <summary>A stretch of time, both ends included; null is no bound.</summary>
public sealed record Period(DateTimeOffset? Since, DateTimeOffset? Until)
{
    /// <summary>The grants given in it.</summary>
    public GrantFilter Grants => new(null, null, null) { IssuedFrom = Since, IssuedUntil = Until };
}

/// <summary>What an organization has, in numbers (contract grantex-enterprise 2).</summary>
/// <param name="Agents">Its agents, whatever the period.</param>
/// <param name="Grants">The grants given in the period, by what they are now.</param>
/// <param name="Entries">What it logged in the period.</param>
/// <param name="Policies">How many policies it has, whatever the period.</param>
/// <param name="Plan">What it pays for.</param>
public sealed record Summary(AgentCounts Agents, GrantCounts Grants, LoggedCounts Entries, long Policies, Plan Plan);
