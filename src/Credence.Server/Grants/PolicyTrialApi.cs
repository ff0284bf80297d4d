using System.Globalization;
using System.Text.Json.Serialization;
using Credence.Policies;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>POST /v1/policies/evaluate</c>: what policy would decide, by which rule, and why not by those before it. Beyond the contract.</summary>
internal static class PolicyTrialApi
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/policies/evaluate", Try).OnlyReads();

    private static async Task<IResult> Try(GrantsCall call, TryPolicies policies, CancellationToken ct)
    {
        var input = new TryPolicies.Input(
            call.Body.Text("agentId", 256), call.Body.Text("principalId", 256), call.Body.Scopes("scopes", 1, 100), call.Body.InstantOrNull("at"));
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await policies.RunAsync(call.Caller, input, ct)).Ok(Trial.Of, GrantsJson.Wire.Trial);
    }

    /// <summary>What would come of a request; <c>effect</c> is <c>allow</c>, <c>deny</c> or, when the person would be asked, <c>ask</c>.</summary>
    internal sealed record Trial(
        string Effect, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PolicyId, string Engine, string At, IReadOnlyList<TriedRule> Rules)
    {
        public static Trial Of(TryPolicies.Output tried) => new(
            tried.Decision.Effect is { } effect ? Words.Of(effect) : "ask",
            tried.Decision.Rule?.Id.ToString(),
            Words.Of(tried.Decision.Engine),
            tried.At.Iso(),
            [.. tried.Rules.Select(rule => TriedRule.Of(rule, tried.At))]);
    }

    /// <summary>A rule that was looked at; <c>unmet</c> names its members that did not hold, <c>localTime</c> the clock that its hours and days go by.</summary>
    internal sealed record TriedRule(string Id, string Name, string Effect, int Priority, bool Matches, IReadOnlyList<string> Unmet, string? LocalTime)
    {
        private static readonly (PolicyTerm Term, string Member)[] Members =
        [
            (PolicyTerm.Agent, "agentId"),
            (PolicyTerm.Principal, "principalId"),
            (PolicyTerm.Scopes, "scopes"),
            (PolicyTerm.TimeOfDay, "timeOfDay"),
            (PolicyTerm.Days, "daysOfWeek"),
            (PolicyTerm.TimeZone, "timeZone"),
        ];

        public static TriedRule Of(TryPolicies.Tried tried, DateTimeOffset at)
        {
            var (rule, unmet) = (tried.Rule, tried.Unmet);
            var timed = rule.Terms.Days is not null || (rule.Terms.Start is not null && rule.Terms.End is not null);
            return new(
                rule.Id.ToString(), rule.Name, Words.Of(rule.Effect), rule.Priority, unmet == PolicyTerm.None,
                [.. Members.Where(each => unmet.HasFlag(each.Term)).Select(each => each.Member)],
                timed ? rule.Terms.WallClock(at)?.ToString("dddd HH:mm", CultureInfo.InvariantCulture).ToLowerInvariant() : null);
        }
    }
}
