using Credence.Agents;
using Credence.Audit;
using Credence.Keys;
using Credence.Storage;
using Credence.Telemetry;
using Credence.Tokens;

namespace Credence.Delegations;

/// <summary>A delegation and the token that proves it, which is shown once.</summary>
/// <param name="Delegation">The delegation.</param>
/// <param name="Token">The token.</param>
public sealed record IssuedDelegation(Delegation Delegation, string Token)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Delegation.Id} [secret]";
}

/// <summary>An agent passes part of its authority on to another of its organization: never more, never longer, and gone when its own is (contract agent-idp AE-36).</summary>
public sealed class DelegateToAgent(Db db, CheckDelegation check, KeyRing keys, TokenOptions options, Metrics metrics, TimeProvider clock)
{
    /// <summary>What is passed on.</summary>
    /// <param name="Delegatee">To whom.</param>
    /// <param name="Scopes">What it allows: scopes of the caller's token, or of the delegation that is continued.</param>
    /// <param name="Lifetime">For how long; cut to that of the delegation that is continued.</param>
    /// <param name="ParentToken">The token of the delegation that is continued, or null.</param>
    public sealed record Input(Id<Agent> Delegatee, IReadOnlyList<string> Scopes, TimeSpan Lifetime, string? ParentToken);

    /// <returns>The delegation, or why there is none.</returns>
    public async Task<Result<IssuedDelegation>> RunAsync(AgentCaller caller, Input input, CancellationToken ct)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(clock.Now().ToUnixTimeSeconds()); // tokens know whole seconds
        if (input.Delegatee == caller.Agent) return DelegationFailures.Self;
        DelegationClaims? parent = null;
        if (input.ParentToken is not null)
        {
            var checkedParent = await CheckParentAsync(caller, input, input.ParentToken, ct);
            if (!checkedParent.Succeeded) return checkedParent.Failure;
            parent = checkedParent.Value;
        }

        var mayGive = parent?.Scopes ?? caller.Scopes;
        if (input.Scopes.FirstOrDefault(scope => !mayGive.Contains(scope, StringComparer.Ordinal)) is { } beyond) return DelegationFailures.ScopeBeyond(beyond);
        var issued = Sign(caller, input, parent, now);

        await using var tx = await db.BeginAsync(ct);
        if (await AgentStore.PinActiveAsync(tx, caller.Organization, caller.Agent, ct) is null) return DelegationFailures.DelegatorInactive;
        if (await AgentStore.PinActiveAsync(tx, caller.Organization, input.Delegatee, ct) is null)
        {
            return await AgentStore.EverAsync(tx, caller.Organization, [input.Delegatee], ct) is [] ? AgentFailures.Unknown : DelegationFailures.DelegateeInactive;
        }

        if (parent is not null) // who revokes the chain waits, and then ends this delegation too
        {
            var held = await DelegationStore.HoldTreeAsync(tx, parent.Id, ct);
            if (held is null || !held.IsLive(now)) return DelegationFailures.ParentEnded;
            issued = issued with { Delegation = issued.Delegation with { RootId = held.RootId } };
        }

        await DelegationStore.AddAsync(tx, issued.Delegation, ct);
        await AuditLog.AppendAsync(tx, caller.Act("delegation.created", issued.Delegation.Id.ToString(), Facts(issued.Delegation)), now, ct);
        await tx.CommitAsync();
        metrics.DelegationCreated();
        return issued;
    }

    private async Task<Result<DelegationClaims>> CheckParentAsync(AgentCaller caller, Input input, string token, CancellationToken ct)
    {
        var found = await check.RunAsync(caller.Organization, token, ct);
        if (!found.Succeeded) return found.Failure;
        if (found.Value.Reason == DelegationRefusal.InvalidToken) return DelegationFailures.ParentInvalid;
        if (found.Value is not { Reason: null, Claims: { } parent }) return DelegationFailures.ParentEnded;
        if (parent.Delegatee != caller.Agent) return DelegationFailures.ParentForeign;
        if (parent.Parties.Count > DelegationFailures.MostDepth) return DelegationFailures.TooDeep;
        if (parent.Parties.Contains(input.Delegatee)) return DelegationFailures.Cycle;
        return parent;
    }

    /// <summary>Signing comes before the transaction and recording inside it (design D16).</summary>
    private IssuedDelegation Sign(AgentCaller caller, Input input, DelegationClaims? parent, DateTimeOffset now)
    {
        var id = Id<Delegation>.New(clock.Now());
        var ends = now + input.Lifetime;
        if (parent is not null && parent.ExpiresAt < ends) ends = parent.ExpiresAt;
        var delegation = new Delegation(
            id, caller.Organization, [.. parent?.Parties ?? [caller.Agent], input.Delegatee], input.Scopes, parent?.Id, id, now, ends, RevokedAt: null);
        var claims = DelegationClaims.Of(delegation, options.Issuer);
        return new IssuedDelegation(delegation, Jws.Sign(keys.Current(TokenKinds.Delegation.Algorithm), TokenKinds.Delegation.Typ, claims.ToJson().Span));
    }

    private static SortedDictionary<string, string> Facts(Delegation delegation)
    {
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["delegatee"] = delegation.Delegatee.ToString(),
            ["scope"] = string.Join(' ', delegation.Scopes),
            ["expires"] = delegation.ExpiresAt.Iso(),
        };
        if (delegation.ParentId is { } parent) facts["continues"] = parent.ToString();
        return facts;
    }
}
