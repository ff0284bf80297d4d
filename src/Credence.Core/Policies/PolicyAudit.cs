using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Policies;

/// <summary>What the audit log keeps of a rule: all that it decides by, so that a decision can be explained after the rule is gone.</summary>
internal static class PolicyAudit
{
    /// <summary>The entry of a change that left <paramref name="policy"/> as it is.</summary>
    public static AuditEvent Of(ApiCaller caller, string type, Policy policy)
    {
        var data = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = policy.Name,
            ["effect"] = Words.Of(policy.Effect),
            ["priority"] = $"{policy.Priority}",
        };
        Note("agent", policy.Terms.Agent);
        Note("principal", policy.Terms.Principal);
        Note("scopes", policy.Terms.Scopes is { } scopes ? string.Join(' ', scopes) : null);
        Note("start", policy.Terms.Start?.ToString());
        Note("end", policy.Terms.End?.ToString());
        Note("timeZone", policy.Terms.TimeZone);
        Note("days", policy.Terms.Days is { } days ? string.Join(' ', days.Select(day => Words.Of(day))) : null);
        return caller.Act(type, policy.Id.ToString(), data);

        void Note(string name, string? value)
        {
            if (value is not null) data[name] = value;
        }
    }
}
