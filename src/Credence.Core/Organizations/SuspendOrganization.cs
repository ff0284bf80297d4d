using Credence.Agents;
using Credence.Audit;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Organizations;

/// <summary>An operator stops an organization's API keys, and lets them work again.</summary>
public sealed class SuspendOrganization(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <summary>Stops its keys: on every node within a second.</summary>
    /// <returns>The organization as it is now, or that there is none.</returns>
    public Task<Result<Organization>> SuspendAsync(Id<Organization> id, string by, CancellationToken ct) => RunAsync(id, suspend: true, by, ct);

    /// <summary>Lets its keys work again.</summary>
    /// <inheritdoc cref="SuspendAsync"/>
    public Task<Result<Organization>> ResumeAsync(Id<Organization> id, string by, CancellationToken ct) => RunAsync(id, suspend: false, by, ct);

    private async Task<Result<Organization>> RunAsync(Id<Organization> id, bool suspend, string by, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await OrganizationStore.HoldAsync(tx, id, ct) is not { } before) return OrganizationFailures.NotFound;
        if (before.DeletedAt is not null) return OrganizationFailures.Deleted;
        if (suspend == before.SuspendedAt is not null) return before;

        var after = before with { SuspendedAt = suspend ? now : null, UpdatedAt = now };
        await OrganizationStore.SaveStatusAsync(tx, after, ct);
        await AuditLog.AppendAsync(tx, new AuditEvent(id.ToString(), suspend ? "organization.suspended" : "organization.resumed", by, id.ToString()), now, ct);
        var marks = await MarksAsync(tx, before, after, now, ct);
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return after;
    }

    /// <summary>
    /// What every node must hear when an organization's status changes: its keys are to be looked up again, and its agents' tokens are void or count again.
    /// </summary>
    internal static async Task<Revocation[]> MarksAsync(DbTx tx, Organization before, Organization after, DateTimeOffset now, CancellationToken ct)
    {
        if (before.Status == after.Status) return [];
        var (id, expires) = (after.Id.ToString(), now + AccessToken.LongestLife);
        var tokens = after.Status == OrganizationStatus.Active
            ? Revocation.Lift(RevocationKind.Organization, id, expires)
            : Revocation.Of(RevocationKind.Organization, id, expires);
        return [.. await ApiKeyStore.MarkChangedAsync(tx, after.Id, now, ct), tokens];
    }
}
