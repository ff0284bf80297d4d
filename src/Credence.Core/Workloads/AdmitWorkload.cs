using Credence.Agents;
using Credence.Audit;
using Credence.Issuers;
using Credence.Storage;
using Credence.Telemetry;
using Credence.Tokens;
using Microsoft.Extensions.Logging;

namespace Credence.Workloads;

/// <summary>A CI job shows what its provider signed and may act as an agent that trusts it (contract agent-idp AE-49, standards 5.6).</summary>
public sealed class AdmitWorkload(
    Db db, IssuerKeys keys, IssuerOptions issuers, WorkloadOptions options, TimeProvider clock, ILogger<AdmitWorkload> log)
{
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(1);

    /// <param name="text">The provider's token; it serves once.</param>
    /// <param name="wanted">As which agent; null when only one can be meant.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The policy that lets it in; or that its token or its repository does not count.</returns>
    public async Task<Result<TrustPolicy>> RunAsync(string text, Id<Agent>? wanted, CancellationToken ct)
    {
        var now = clock.Now();
        var token = ForeignToken.Read(text);
        if (await RefusalAsync(token, now, ct) is { } refusal) return Refuse(Words.Of(refusal));
        if (Workload.Read(token!) is not { } workload) return Refuse(Words.Of(ForeignRefusal.MissingClaim));

        var policies = await TrustPolicyStore.ForAsync(db, WorkloadProvider.Github, workload.Repository, ct);
        TrustPolicy[] admitting = [.. policies.Where(policy => policy.Admits(workload) && (wanted is null || policy.Agent == wanted))];
        if (admitting.Length == 0) return WorkloadFailures.NotTrusted;
        if (admitting.Select(policy => policy.Agent).Distinct().Count() > 1) return WorkloadFailures.Ambiguous;
        var chosen = admitting[0];

        await using var tx = await db.BeginAsync(ct);
        if (!await SpentAssertions.SpendAsync(tx, text, token!.Time("exp")!.Value, ct)) return Refuse("used_before");
        if (await AgentStore.PinActiveAsync(tx, chosen.Organization, chosen.Agent, ct) is null) return WorkloadFailures.NotTrusted;
        if (!await TrustPolicyStore.PinOwnerAsync(tx, chosen.Id, workload.OwnerId, ct)) return WorkloadFailures.NotTrusted;
        await AuditLog.AppendAsync(
            tx,
            new AuditEvent(chosen.Organization.ToString(), "workload.admitted", chosen.Agent.ToString(), chosen.Id.ToString())
            {
                Data = new(StringComparer.Ordinal) { ["repository"] = workload.Repository, ["ref"] = workload.Ref, ["owner"] = workload.OwnerId },
            },
            now, ct);
        await tx.CommitAsync();
        return chosen with { OwnerId = workload.OwnerId };
    }

    private async Task<ForeignRefusal?> RefusalAsync(ForeignToken? token, DateTimeOffset now, CancellationToken ct)
    {
        if (token is null) return ForeignRefusal.Malformed;
        if (token.Issuer != options.GithubIssuer) return ForeignRefusal.UnknownIssuer;
        if (await token.VerifyAsync(keys, new KeySource($"{options.GithubIssuer}/.well-known/jwks", ""), now, ct) is { } refusal) return refusal;
        if (!token.IsOnlyFor(issuers.Audience)) return ForeignRefusal.WrongAudience;
        if (token.Time("iat") is not { } issued) return ForeignRefusal.MissingClaim;
        return token.Time("exp") - issued > LongestLife ? ForeignRefusal.TooLongLived : null;
    }

    private Failure Refuse(string reason)
    {
        Log.TokenVerificationFailed(log, reason, null);
        return WorkloadFailures.TokenInvalid;
    }
}
