using Credence.Agents;
using Credence.Organizations;
using Credence.Storage;
using Credence.Telemetry;
using Credence.Tokens;
using Microsoft.Extensions.Logging;

namespace Credence.Grants;

/// <summary>An agent passes part of its authority on to another: never more, never longer, and gone when its own is (contract grantex-core 6).</summary>
public sealed class DelegateGrant(
    Db db, PlanGate plan, CheckToken check, MintGrantToken mint, TokenOptions options, TimeProvider clock, ILogger<DelegateGrant> log)
{
    /// <summary>What is passed on.</summary>
    /// <param name="ParentToken">Any token of the parent grant that verifies.</param>
    /// <param name="SubAgent">To whom, as the caller named it; may be the parent itself.</param>
    /// <param name="Scopes">Which of the parent's scopes.</param>
    /// <param name="Lifetime">For how long; cut to the parent's.</param>
    public sealed record Input(string ParentToken, string SubAgent, IReadOnlyList<string> Scopes, TimeSpan Lifetime);

    /// <returns>The new grant and its token; the audience is the parent's.</returns>
    public async Task<Result<IssuedGrant>> RunAsync(ApiCaller caller, Input input, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var now = clock.Now();
        var checkedParent = await CheckParentAsync(caller, input.ParentToken, ct);
        if (!checkedParent.Succeeded) return checkedParent.Failure;
        var parent = checkedParent.Value;
        if (parent.Depth >= options.MaxDelegationDepth) return GrantFailures.TooDeep(options.MaxDelegationDepth);
        if (input.Scopes.FirstOrDefault(scope => !parent.Scopes.Contains(scope, StringComparer.Ordinal)) is { } beyond) return GrantFailures.ScopeBeyondParent(beyond);
        if (!Id<Agent>.TryParse(input.SubAgent, out var subAgent)) return AgentFailures.NotFound;

        var above = await GrantStore.FindAsync(db, caller.Organization, parent.Grant, ct);
        if (above is null || !above.IsLive(now)) return GrantFailures.ParentEnded;
        var ends = input.Lifetime < parent.ExpiresAt - now ? now + input.Lifetime : parent.ExpiresAt;
        var grant = new Grant(
            Id<Grant>.New(now), caller.Organization, subAgent, above.Principal, input.Scopes, above.Audience, GrantStatus.Active, above.Proof,
            above.Id, above.Agent, above.RootId, above.Depth + 1, now, ends, RevokedAt: null);
        var issued = new IssuedGrant(grant, mint.Sign(grant, now));

        await using var tx = await db.BeginAsync(ct);
        await plan.CountGrantAsync(tx, caller, now, ct);
        if (await AgentStore.PinActiveAsync(tx, caller.Organization, subAgent, ct) is null) return AgentFailures.NotFound;
        var held = await GrantStore.HoldTreeAsync(tx, caller.Organization, above.Id, ct); // who revokes the tree waits, and then ends this grant too
        if (held is null || !held.IsLive(now)) return GrantFailures.ParentEnded;
        await IssueGrant.RecordAsync(tx, issued, caller.Key.ToString(), now, ct);
        await tx.CommitAsync();

        Log.GrantCreated(
            log, grant.Id.ToString(), subAgent.ToString(), grant.Principal, grant.Scopes, (long)clock.GetElapsedTime(started).TotalMilliseconds);
        return issued;
    }

    private async Task<Result<GrantClaims>> CheckParentAsync(ApiCaller caller, string token, CancellationToken ct)
    {
        var result = await check.RunAsync(caller, token, ct);
        if (!result.Succeeded) return result.Failure;
        return result.Value switch
        {
            { Reason: null, Claims: { } claims } => claims,
            { Reason: TokenRefusal.WrongDeveloper } => GrantFailures.ParentForeign,
            { Reason: TokenRefusal.Revoked or TokenRefusal.Expired } => GrantFailures.ParentEnded,
            _ => GrantFailures.ParentInvalid,
        };
    }
}
