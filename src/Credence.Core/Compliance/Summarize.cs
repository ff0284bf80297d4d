using Credence.Agents;
using Credence.Audit;
using Credence.Grants;
using Credence.Organizations;
using Credence.Policies;
using Credence.Storage;

namespace Credence.Compliance;

/// <summary>Counts what an organization has, a statement for each kind of thing (contract grantex-enterprise 2).</summary>
public sealed class Summarize(Db db)
{
    /// <summary>Counts at <paramref name="now"/>.</summary>
    public async Task<Summary> RunAsync(ApiCaller caller, Period period, DateTimeOffset now, CancellationToken ct)
    {
        var organization = caller.Organization;
        var span = await LoggedStore.SpanAsync(db, organization.ToString(), period.Since, period.Until, ct);
        return new Summary(
            await AgentStore.CountAsync(db, organization, ct),
            await GrantStore.CountAsync(db, organization, period.Grants, now, ct),
            await LoggedStore.CountAsync(db, organization.ToString(), span, ct),
            await PolicyStore.CountAsync(db, organization, ct),
            caller.Plan);
    }
}
