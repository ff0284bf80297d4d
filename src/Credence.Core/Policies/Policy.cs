using Credence.Organizations;
using Credence.Storage;

namespace Credence.Policies;

/// <summary>A rule of an organization about what its agents may have without asking the person, or never (contract grantex-core 10).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Organization">Whose rule it is.</param>
/// <param name="Name">What the organization calls it.</param>
/// <param name="Effect">What happens when it matches.</param>
/// <param name="Priority">Higher ones are looked at first.</param>
/// <param name="Terms">When it matches.</param>
/// <param name="CreatedAt">When it was made; of two with one priority the older is looked at first.</param>
/// <param name="UpdatedAt">When it last changed.</param>
public sealed record Policy(
    Id<Policy> Id,
    Id<Organization> Organization,
    string Name,
    PolicyEffect Effect,
    int Priority,
    PolicyTerms Terms,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "pol_";

    /// <summary>Which of its terms do not hold; when none is left it matches.</summary>
    public PolicyTerm Unmet(PolicyQuestion asked)
    {
        var unmet = Terms.UnmetTimes(asked.At, unknownZoneHolds: Effect == PolicyEffect.Deny);
        if (Terms.Agent is { } agent && agent != asked.Agent) unmet |= PolicyTerm.Agent;
        if (Terms.Principal is { } principal && principal != asked.Principal) unmet |= PolicyTerm.Principal;
        if (Terms.Scopes is { } listed && !Concerns(listed, asked.Scopes)) unmet |= PolicyTerm.Scopes;
        return unmet;
    }

    /// <summary>An allow rule must list everything that is asked for, so that nothing slips in beside it; a deny rule is set off by any of it.</summary>
    private bool Concerns(IReadOnlyList<string> listed, IReadOnlyList<string> asked) =>
        Effect == PolicyEffect.Allow ? asked.All(listed.Contains) : asked.Any(listed.Contains);

    internal static Sql Columns { get; } = Sql.Of($"id, organization_id, name, effect, priority, {PolicyTerms.Columns}, created_ms, updated_ms");

    internal static Policy Read(Row row) => new(
        row.Id<Policy>("id"),
        row.Id<Organization>("organization_id"),
        row.Text("name"),
        row.Word<PolicyEffect>("effect"),
        row.Int("priority"),
        PolicyTerms.Read(row),
        row.Time("created_ms"),
        row.Time("updated_ms"));
}

/// <summary>What a rule does.</summary>
public enum PolicyEffect
{
    /// <summary>The code comes at once; the person is not asked.</summary>
    Allow,

    /// <summary>The request is refused; the person is not asked either.</summary>
    Deny,
}

/// <summary>What a request for consent is judged by.</summary>
/// <param name="Organization">Whose agent asks.</param>
/// <param name="Agent">Which agent, by its id.</param>
/// <param name="Principal">The organization's name for the person.</param>
/// <param name="Scopes">What for.</param>
/// <param name="At">When.</param>
public sealed record PolicyQuestion(Id<Organization> Organization, string Agent, string Principal, IReadOnlyList<string> Scopes, DateTimeOffset At);
