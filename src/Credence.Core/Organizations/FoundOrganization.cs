using Credence.Agents;
using Credence.Audit;
using Credence.Storage;

namespace Credence.Organizations;

/// <summary>Who runs the installation makes an organization, at the agents door (contract agent-idp AE-19).</summary>
public sealed class FoundOrganization(Db db, OrganizationOptions options, TimeProvider clock)
{
    /// <summary>What it shall be.</summary>
    /// <param name="Name">2 to 100 characters.</param>
    /// <param name="Slug">Its name in addresses, unique.</param>
    /// <param name="Plan">What it may have.</param>
    public sealed record Input(string Name, string Slug, Plan Plan);

    /// <returns>The organization, or that its slug is taken.</returns>
    public async Task<Result<Organization>> RunAsync(AgentCaller caller, Input input, CancellationToken ct)
    {
        var now = clock.Now();
        var organization = New(input.Name, input.Slug, input.Plan, options, now);
        await using var tx = await db.BeginAsync(ct);
        if (!await OrganizationStore.AddAsync(tx, organization, ct)) return OrganizationFailures.SlugTaken;
        await AuditLog.AppendAsync(tx, caller.Act(organization.Id, "organization.created", organization.Id.ToString()), now, ct);
        await tx.CommitAsync();
        return organization;
    }

    /// <summary>A live organization as the agents door makes them.</summary>
    internal static Organization New(string name, string slug, Plan plan, OrganizationOptions options, DateTimeOffset now) => new(
        Id<Organization>.New(now), name, Email: null, EmailVerified: false, OrganizationMode.Live, plan, options.MinimumOf(OrganizationMode.Live),
        StrictScopes: false, FidoRequired: false, FidoRpName: null, now)
    {
        Slug = slug,
        UpdatedAt = now,
    };
}
