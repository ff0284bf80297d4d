using Credence.Agents;
using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Consent;

/// <summary>An organization asks, for its agent, for a person's consent (contract grantex-core 2).</summary>
public sealed class RequestConsent(Db db, PlanGate plan, ConsentOptions options, TimeProvider clock)
{
    /// <summary>What is asked for.</summary>
    /// <param name="Agent">Which agent asks, as the caller named it.</param>
    /// <param name="Principal">Whom, by the organization's name for the person.</param>
    /// <param name="Scopes">What for.</param>
    /// <param name="RedirectUri">Where the browser goes afterwards.</param>
    /// <param name="State">Given back to that address.</param>
    /// <param name="Audience">For which service.</param>
    /// <param name="Lifetime">For how long.</param>
    /// <param name="CodeChallenge">PKCE S256 challenge.</param>
    public sealed record Input(
        string Agent, string Principal, IReadOnlyList<string> Scopes, string? RedirectUri, string? State, string? Audience, TimeSpan Lifetime, string? CodeChallenge);

    /// <summary>The request, and in sandbox mode the code at once.</summary>
    /// <param name="Request">The request.</param>
    /// <param name="Code">The code, or null when a person must decide first.</param>
    public sealed record Output(ConsentRequest Request, string? Code);

    /// <returns>The request; or that the plan is full, the agent is unknown or suspended, or what is asked for is not allowed.</returns>
    public async Task<Result<Output>> RunAsync(ApiCaller caller, Input input, CancellationToken ct)
    {
        var now = clock.Now();
        if (await plan.ForeseeGrantAsync(db, caller, now, ct) is { } full) return full;
        if (!Id<Agent>.TryParse(input.Agent, out var agentId)) return AgentFailures.NotFound;
        var agent = await AgentStore.FindAsync(db, caller.Organization, agentId, ct);
        if (agent is not { Status: AgentStatus.Active }) return AgentFailures.NotFound;
        if (input.RedirectUri is { } uri && RedirectRule.Check(uri, agent, options) is { } refused) return refused;
        if (input.Lifetime > options.LongestGrant) return ConsentFailures.LifetimeTooLong(options.LongestGrant);

        await using var tx = await db.BeginAsync(ct);
        var organization = await OrganizationStore.FindAsync(tx, caller.Organization, ct);
        if (organization is null) return OrganizationFailures.NotFound;
        if (Outside(input.Scopes, agent, organization.StrictScopes) is { } scope) return ConsentFailures.ScopeNotAllowed(scope);

        var sandbox = organization.Mode == OrganizationMode.Sandbox;
        var code = sandbox ? Secret.New("") : null;
        var request = new ConsentRequest(
            Id<ConsentRequest>.New(now), caller.Organization, agent.Id, input.Principal, input.Scopes, input.RedirectUri, input.State, input.Audience,
            input.Lifetime, now + input.Lifetime, sandbox ? ConsentStatus.Approved : ConsentStatus.Pending, sandbox ? ConsentProof.Sandbox : null,
            input.CodeChallenge, now);
        await ConsentStore.AddAsync(tx, request, code, ct);
        await AuditLog.AppendAsync(
            tx,
            caller.Act(
                "consent.requested", request.Id.ToString(),
                new() { ["agent"] = agent.Id.ToString(), ["principal"] = input.Principal, ["scopes"] = string.Join(' ', input.Scopes) }),
            now, ct);
        await tx.CommitAsync();
        return new Output(request, code);
    }

    private static string? Outside(IReadOnlyList<string> asked, Agent agent, bool strict) =>
        agent.Scopes.Count == 0 && !strict ? null : asked.FirstOrDefault(scope => !agent.Scopes.Contains(scope, StringComparer.Ordinal));
}
