using Credence.Agents;
using Credence.Audit;
using Credence.Issuers;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Federation;

/// <summary>An administrator takes another issuer in, once its keys can be had (contract agent-idp AE-40).</summary>
public sealed class RegisterPartner(Db db, IssuerKeys keys, Metrics metrics, TimeProvider clock)
{
    /// <summary>What it is; fields as <see cref="Partner"/> has them.</summary>
    public sealed record Input(string Name, string Issuer, string JwksUri, IReadOnlyList<string> AllowedOrganizations, DateTimeOffset? ExpiresAt);

    /// <returns>The partner; or that its keys cannot be had, or that its issuer is registered already.</returns>
    public async Task<Result<Partner>> RunAsync(AgentCaller caller, Input input, CancellationToken ct)
    {
        if (await PartnerStore.FindByIssuerAsync(db, input.Issuer, ct) is not null) return FederationFailures.AlreadyThere; // before anything is fetched
        var fetched = await keys.FetchAsync(input.JwksUri, ct);
        if (!fetched.Succeeded) return FederationFailures.KeysUnreachable(fetched.Failure);

        var now = clock.Now();
        var partner = new Partner(
            Id<Partner>.New(now), input.Name, input.Issuer, input.JwksUri, input.AllowedOrganizations, PartnerStatus.Active, input.ExpiresAt, now, now, Version: 1);
        await using var tx = await db.BeginAsync(ct);
        if (!await PartnerStore.AddAsync(tx, partner, ct)) return FederationFailures.AlreadyThere;
        await AuditLog.AppendAsync(
            tx, caller.Act("federation.partner_registered", partner.Id.ToString(), new() { ["issuer"] = partner.Issuer, ["jwks"] = partner.JwksUri }), now, ct);
        await tx.CommitAsync();
        metrics.FederationHappened(FederationEvent.PartnerRegistered);
        return partner;
    }
}
