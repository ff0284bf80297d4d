using Credence.Organizations;
using Credence.Storage;

namespace Credence.Policies;

/// <summary>Says what policy would decide, and by which rule, without asking for anything: so that a rule can be tried before it matters.</summary>
public sealed class TryPolicies(Db db, DecideByPolicy decide, PolicySets sets, TimeProvider clock)
{
    /// <summary>What would be asked.</summary>
    /// <param name="Agent">Which agent; it need not exist.</param>
    /// <param name="Principal">Whom.</param>
    /// <param name="Scopes">What for.</param>
    /// <param name="At">When, for the builtin rules; now when null.</param>
    public sealed record Input(string Agent, string Principal, IReadOnlyList<string> Scopes, DateTimeOffset? At);

    /// <summary>What would come of it.</summary>
    /// <param name="Decision">The decision.</param>
    /// <param name="At">For which moment.</param>
    /// <param name="Rules">The rules that were looked at, in their order, the deciding one last; none when it was not the builtin engine.</param>
    public sealed record Output(PolicyDecision Decision, DateTimeOffset At, IReadOnlyList<Tried> Rules);

    /// <summary>A rule that was looked at, and which of its terms did not hold.</summary>
    public sealed record Tried(Policy Rule, PolicyTerm Unmet);

    /// <returns>The decision with its reasons.</returns>
    public async Task<Result<Output>> RunAsync(ApiCaller caller, Input input, CancellationToken ct)
    {
        var at = input.At ?? clock.Now();
        var organization = await OrganizationStore.FindAsync(db, caller.Organization, ct);
        if (organization is null) return OrganizationFailures.NotFound;

        var asked = new PolicyQuestion(caller.Organization, input.Agent, input.Principal, input.Scopes, at);
        var decision = await decide.RunAsync(organization, asked, ct);
        if (decision.Engine != PolicyEngine.Builtin) return new Output(decision, at, []);

        var tried = new List<Tried>();
        foreach (var rule in await sets.OfAsync(organization, ct))
        {
            tried.Add(new Tried(rule, rule.Unmet(asked)));
            if (rule.Id == decision.Rule?.Id) break;
        }

        return new Output(decision, at, tried);
    }
}
