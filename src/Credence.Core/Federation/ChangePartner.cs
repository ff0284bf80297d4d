using Credence.Agents;
using Credence.Audit;
using Credence.Issuers;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Federation;

/// <summary>An administrator changes a partner; its keys are fetched anew, on every node (contract agent-idp AE-43).</summary>
public sealed class ChangePartner(Db db, IssuerKeys keys, Metrics metrics, TimeProvider clock)
{
    /// <summary>What to change; null leaves a thing as it is.</summary>
    /// <param name="Name">A new name.</param>
    /// <param name="JwksUri">A new address, whose keys must be there.</param>
    /// <param name="AllowedOrganizations">Replaces the list.</param>
    /// <param name="Status">Active or suspended.</param>
    /// <param name="ExpiresAt">A new end; an expired partner that is given one is active again.</param>
    /// <param name="NeverExpires">Whether its end is taken away.</param>
    public sealed record Input(
        string? Name, string? JwksUri, IReadOnlyList<string>? AllowedOrganizations, PartnerStatus? Status, DateTimeOffset? ExpiresAt, bool NeverExpires);

    /// <returns>The partner as it is now; or that there is none, or that its keys cannot be had.</returns>
    public async Task<Result<Partner>> RunAsync(AgentCaller caller, Id<Partner> id, Input input, CancellationToken ct)
    {
        if (await PartnerStore.FindAsync(db, id, ct) is null) return FederationFailures.NotFound;
        if (input.JwksUri is not null && await keys.FetchAsync(input.JwksUri, ct) is { Succeeded: false } failed) return FederationFailures.KeysUnreachable(failed.Failure);

        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await PartnerStore.HoldAsync(tx, id, ct) is not { } before) return FederationFailures.NotFound;
        var givenTime = input.NeverExpires || input.ExpiresAt is not null;
        var after = before with
        {
            Name = input.Name ?? before.Name,
            JwksUri = input.JwksUri ?? before.JwksUri,
            AllowedOrganizations = input.AllowedOrganizations ?? before.AllowedOrganizations,
            Status = input.Status ?? (before.Status == PartnerStatus.Expired && givenTime ? PartnerStatus.Active : before.Status),
            ExpiresAt = input.NeverExpires ? null : input.ExpiresAt ?? before.ExpiresAt,
            UpdatedAt = now,
            Version = before.Version + 1,
        };
        await PartnerStore.SaveAsync(tx, after, ct);
        await AuditLog.AppendAsync(
            tx, caller.Act("federation.partner_updated", id.ToString(), new() { ["issuer"] = after.Issuer, ["status"] = Words.Of(after.Status), ["jwks"] = after.JwksUri }), now, ct);
        await tx.CommitAsync();
        metrics.FederationHappened(FederationEvent.PartnerUpdated);
        return after;
    }
}
