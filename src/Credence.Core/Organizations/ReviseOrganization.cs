using Credence.Agents;
using Credence.Audit;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Organizations;

/// <summary>Who runs the installation renames, plans, stops, lets go on or deletes an organization, at the agents door (contract agent-idp AE-22, AE-23).</summary>
public sealed class ReviseOrganization(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <summary>What to change; null leaves a thing as it is.</summary>
    /// <param name="Name">2 to 100 characters.</param>
    /// <param name="Plan">What it may have.</param>
    /// <param name="Status">Active or suspended.</param>
    public sealed record Input(string? Name, Plan? Plan, OrganizationStatus? Status);

    /// <returns>The organization as it is now; or that there is none, that it is deleted, or that it runs the installation.</returns>
    public Task<Result<Organization>> RunAsync(AgentCaller caller, Id<Organization> id, Input input, CancellationToken ct) =>
        RunAsync(caller, id, input, "organization.updated", ct);

    /// <summary>Deletes it, softly: nothing of it works any more.</summary>
    /// <returns>The same; or that agents of it still work.</returns>
    public Task<Result<Organization>> DeleteAsync(AgentCaller caller, Id<Organization> id, CancellationToken ct) =>
        RunAsync(caller, id, new Input(null, null, OrganizationStatus.Deleted), "organization.deleted", ct);

    private async Task<Result<Organization>> RunAsync(AgentCaller caller, Id<Organization> id, Input input, string type, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await OrganizationStore.HoldAsync(tx, id, ct) is not { } before) return OrganizationFailures.Unknown;
        if (before.DeletedAt is not null) return OrganizationFailures.Deleted;
        var stops = input.Status is OrganizationStatus.Suspended or OrganizationStatus.Deleted;
        if (stops && before.IsBootstrap) return OrganizationFailures.RunsInstallation;
        if (input.Status == OrganizationStatus.Deleted && await HasAgentsAsync(tx, id, ct)) return OrganizationFailures.HasAgents;

        var after = before with
        {
            Name = input.Name ?? before.Name,
            SuspendedAt = stops ? before.SuspendedAt ?? now : input.Status == OrganizationStatus.Active ? null : before.SuspendedAt,
            DeletedAt = input.Status == OrganizationStatus.Deleted ? now : null,
            UpdatedAt = now,
        };
        await OrganizationStore.SaveStatusAsync(tx, after, ct);
        var plans = input.Plan is { } plan ? await PlanChange.ApplyAsync(tx, before, plan, now, ct) : [];
        SortedDictionary<string, string> facts = new(StringComparer.Ordinal) { ["status"] = Words.Of(after.Status), ["plan"] = Words.Of(input.Plan ?? before.Plan) };
        await AuditLog.AppendAsync(tx, caller.Act(id, type, id.ToString(), facts), now, ct);
        Revocation[] marks = [.. await SuspendOrganization.MarksAsync(tx, before, after, now, ct), .. plans];
        var last = marks.DistinctBy(mark => (mark.Kind, mark.Id)).ToList(); // both ask for the keys
        await RevocationStore.AddAsync(tx, last, ct);
        await tx.CommitAsync();
        revocations.Announce(last);
        return after with { Plan = input.Plan ?? before.Plan };
    }

    private static async Task<bool> HasAgentsAsync(DbSession db, Id<Organization> id, CancellationToken ct) =>
        await db.NumberAsync($"select count(*) as n from (select 1 from agents where organization_id = {id} and status = 'active' limit 1) t", ct) > 0;
}
