using Credence.Agents;
using Credence.Audit;
using Credence.Organizations;
using Credence.Policies;
using Credence.Storage;
using Credence.Telemetry;
using Credence.Usage;
using Microsoft.Extensions.Logging;

namespace Credence.Consent;

/// <summary>An organization asks, for its agent, for a person's consent (contract grantex-core 2); its policies may answer in the person's place.</summary>
public sealed class RequestConsent(
    Db db, PlanGate plan, DecideByPolicy policies, MeterUsage usage, ConsentOptions options, TimeProvider clock, ILogger<RequestConsent> log)
{
    /// <summary>What is asked for.</summary>
    /// <param name="Agent">Which agent asks, as the caller named it.</param>
    /// <param name="Principal">Whom, by the organization's name for the person.</param>
    /// <param name="Scopes">What for.</param>
    /// <param name="RedirectUri">Where the browser goes afterwards.</param>
    /// <param name="State">Given back to that address.</param>
    /// <param name="Audience">For which service.</param>
    /// <param name="Lifetime">For how long; or why that cannot be read, which the contract wants to hear of only after policy has spoken.</param>
    /// <param name="CodeChallenge">PKCE S256 challenge.</param>
    public sealed record Input(
        string Agent, string Principal, IReadOnlyList<string> Scopes, string? RedirectUri, string? State, string? Audience, Result<TimeSpan> Lifetime, string? CodeChallenge);

    /// <summary>The request, and the code at once where nobody need be asked.</summary>
    /// <param name="Request">The request; its proof says why nobody was asked.</param>
    /// <param name="Code">The code, or null when a person must decide first.</param>
    public sealed record Output(ConsentRequest Request, string? Code);

    /// <returns>The request; or that the plan is full, the agent is unknown or suspended, policy denies, or what is asked for is not allowed.</returns>
    public async Task<Result<Output>> RunAsync(ApiCaller caller, Input input, CancellationToken ct)
    {
        var now = clock.Now();
        if (await plan.ForeseeGrantAsync(db, caller, now, ct) is { } full) return full;
        if (!Id<Agent>.TryParse(input.Agent, out var agentId)) return AgentFailures.NotFound;
        var agent = await AgentStore.FindAsync(db, caller.Organization, agentId, ct);
        if (agent is not { Status: AgentStatus.Active }) return AgentFailures.NotFound;
        if (input.RedirectUri is { } uri && RedirectRule.Check(uri, agent, options) is { } refused) return refused;
        var organization = await OrganizationStore.FindAsync(db, caller.Organization, ct);
        if (organization is null) return OrganizationFailures.NotFound;
        if (Outside(input.Scopes, agent, organization.StrictScopes) is { } scope) return ConsentFailures.ScopeNotAllowed(scope); // no policy widens this

        var decision = await policies.RunAsync(organization, new(organization.Id, input.Agent, input.Principal, input.Scopes, now), ct);
        if (decision.Effect == PolicyEffect.Deny) return await DenyAsync(caller, agent, input, decision, now, ct);
        if (!input.Lifetime.Succeeded) return input.Lifetime.Failure;
        if (input.Lifetime.Value > options.LongestGrant) return ConsentFailures.LifetimeTooLong(options.LongestGrant);

        var proof = organization.Mode == OrganizationMode.Sandbox ? ConsentProof.Sandbox
            : decision.Effect == PolicyEffect.Allow && organization.LeastProof < ConsentProof.Passkey && !organization.SsoEnforced
                ? ConsentProof.Policy // no rule stands in for a passkey, nor has it signed on
            : default(ConsentProof?);
        var code = proof is null ? null : Secret.New("");
        var request = new ConsentRequest(
            Id<ConsentRequest>.New(now), caller.Organization, agent.Id, input.Principal, input.Scopes, input.RedirectUri, input.State, input.Audience,
            input.Lifetime.Value, now + input.Lifetime.Value, proof is null ? ConsentStatus.Pending : ConsentStatus.Approved, proof, input.CodeChallenge, now);

        await using var tx = await db.BeginAsync(ct);
        await ConsentStore.AddAsync(tx, request, code, ct);
        await AuditLog.AppendAsync(tx, caller.Act("consent.requested", request.Id.ToString(), Asked(agent, input)), now, ct);
        if (proof == ConsentProof.Policy) await AuditLog.AppendAsync(tx, Approved(request, decision), now, ct);
        await usage.CountAsync(tx, caller.Organization, UsageKind.Authorization, now, ct);
        await tx.CommitAsync();
        return new Output(request, code);
    }

    /// <summary>Nothing is stored but that it was refused, and by which rule.</summary>
    private async Task<Failure> DenyAsync(ApiCaller caller, Agent agent, Input input, PolicyDecision decision, DateTimeOffset now, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        var data = Asked(agent, input);
        data["policy"] = decision.By;
        await AuditLog.AppendAsync(tx, caller.Act("authorize.denied", agent.Id.ToString(), data), now, ct);
        await tx.CommitAsync();
        Log.AuthorizeDenied(log, agent.Id.ToString(), input.Principal, $"policy {decision.By}");
        return PolicyFailures.Denied;
    }

    private static SortedDictionary<string, string> Asked(Agent agent, Input input) =>
        new() { ["agent"] = agent.Id.ToString(), ["principal"] = input.Principal, ["scopes"] = string.Join(' ', input.Scopes) };

    private static AuditEvent Approved(ConsentRequest request, PolicyDecision decision) =>
        new(request.Organization.ToString(), "consent.approved", decision.By, request.Id.ToString())
        {
            Data = new() { ["agent"] = request.Agent.ToString(), ["principal"] = request.Principal, ["proof"] = Words.Of(ConsentProof.Policy) },
        };

    private static string? Outside(IReadOnlyList<string> asked, Agent agent, bool strict) =>
        agent.Scopes.Count == 0 && !strict ? null : asked.FirstOrDefault(scope => !agent.Scopes.Contains(scope, StringComparer.Ordinal));
}
