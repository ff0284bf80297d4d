using Credence.Organizations;
using Credence.Storage;

namespace Credence.Policies;

/// <summary>What policy says of a request for consent.</summary>
/// <param name="Effect">Allowed or denied; null when the person is asked, as without any policy.</param>
/// <param name="Engine">Who decided.</param>
/// <param name="Rule">The rule that did; null when none matched, and when it was not the builtin engine.</param>
public sealed record PolicyDecision(PolicyEffect? Effect, PolicyEngine Engine, Policy? Rule)
{
    /// <summary>What decided, for the log: the rule's id, or <c>opa</c>.</summary>
    public string By => Rule?.Id.ToString() ?? Words.Of(Engine);
}

/// <summary>Asks the engine that the operator chose (contract grantex-core 10). Not inside a transaction: it may wait on a network.</summary>
public sealed class DecideByPolicy(PolicySets sets, Opa opa, PolicyOptions options)
{
    /// <param name="organization">The organization, read just before.</param>
    /// <param name="asked">What is asked.</param>
    /// <param name="ct">Ends the wait.</param>
    public async ValueTask<PolicyDecision> RunAsync(Organization organization, PolicyQuestion asked, CancellationToken ct)
    {
        if (options.Engine == PolicyEngine.Opa)
        {
            var answer = await opa.AskAsync(asked, ct);
            if (answer.Answered) return new PolicyDecision(answer.Effect, PolicyEngine.Opa, null);
            if (!options.FallBackToBuiltin) return new PolicyDecision(PolicyEffect.Deny, PolicyEngine.Opa, null);
        }

        var rules = await sets.OfAsync(organization, ct);
        var first = rules.FirstOrDefault(rule => rule.Unmet(asked) == PolicyTerm.None); // whatever its effect
        return new PolicyDecision(first?.Effect, PolicyEngine.Builtin, first);
    }
}
