using Credence.Anomalies;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/anomaly/rules</c>: the built-in rules, and those an organization makes (contract grantex-enterprise 1; conditions: decision 0023).</summary>
internal static class AnomalyRulesApi
{
    private const int CreatePerMinute = 30;
    private const int WordLength = 256;
    private static readonly string[] ConditionMembers = ["metric", "action", "agentId", "windowMinutes", "threshold"];

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/anomaly/rules", Create).LimitAddress(CreatePerMinute);
        routes.MapMethods("/v1/anomaly/rules", RouteFacts.Read, List);
        routes.MapPatch("/v1/anomaly/rules/{id}", Switch);
        routes.MapDelete("/v1/anomaly/rules/{id}", Delete);
    }

    private static async Task<IResult> Create(GrantsCall call, CreateRule create, CancellationToken ct)
    {
        var body = call.Body;
        var input = new CreateRule.Input(
            body.Text("ruleId", WordLength),
            body.Name("name", WordLength),
            body.TextOrNull("description", 2_000, min: 0),
            body.WordOrNull<Severity>("severity") ?? Severity.Medium,
            body.TextsOrNull("alertChannels", 0, Channel.Most, WordLength) ?? [],
            Condition(body));
        return body.Problem is { } problem
            ? problem.Answer()
            : (await create.RunAsync(call.Caller, input, ct)).Created(RuleShape.Of, GrantsJson.Wire.RuleShape);
    }

    /// <summary>A member that is not understood is refused: a filter left out of account would make a rule find more than was meant.</summary>
    private static RuleCondition Condition(Fields body)
    {
        var condition = body.Object("condition");
        if (condition.OtherThan(ConditionMembers) is { } other) body.Refuse("condition", $"has a member that is not understood: {other}");
        var metric = condition.Word<RuleMetric>("metric");
        var read = new RuleCondition(
            metric,
            condition.TextOrNull("action", WordLength),
            condition.TextOrNull("agentId", WordLength),
            condition.Number("windowMinutes", 1, RuleCondition.LongestWindow),
            condition.Number("threshold", 0, int.MaxValue));
        if (read.Action is not null && !RuleCondition.HasAction(metric)) condition.Refuse("action", "goes with entries and failures only");
        if (condition.Problem is { } problem) body.Refuse("condition:", problem.Detail);
        return read;
    }

    private static async Task<IResult> List(GrantsCall call, Db db, CancellationToken ct)
    {
        var custom = await RuleStore.ListAsync(db, call.Caller.Organization, ct);
        return Answers.Ok(new RuleList([.. BuiltInRule.All.Select(RuleShape.Of), .. custom.Select(RuleShape.Of)]), GrantsJson.Wire.RuleList);
    }

    private static async Task<IResult> Switch(string id, GrantsCall call, ChangeRule change, CancellationToken ct)
    {
        if (!call.Body.Has("enabled")) call.Body.Refuse("enabled", "is required");
        var enabled = call.Body.FlagOrNull("enabled") ?? false;
        return call.Body.Problem is { } problem
            ? problem.Answer()
            : (await change.SwitchAsync(call.Caller, Ids.Read<Rule>(id), enabled, ct)).Ok(RuleShape.Of, GrantsJson.Wire.RuleShape);
    }

    private static async Task<IResult> Delete(string id, GrantsCall call, ChangeRule change, CancellationToken ct) =>
        (await change.DeleteAsync(call.Caller, Ids.Read<Rule>(id), ct)).Done();

    /// <summary>The built-in rules, then the organization's own, newest first.</summary>
    internal sealed record RuleList(List<RuleShape> Rules);

    /// <summary>A rule as this door shows it; a built-in one has no condition that could be changed.</summary>
    internal sealed record RuleShape(
        string? Id,
        string RuleId,
        string Name,
        string? Description,
        string Severity,
        ConditionShape? Condition,
        IReadOnlyList<string>? AlertChannels,
        bool Enabled,
        bool BuiltIn,
        string? CreatedAt)
    {
        public static RuleShape Of(BuiltInRule rule) => new(
            null, rule.Id, rule.Name, rule.Description, Words.Of(rule.Severity), null, null, rule.Enabled, BuiltIn: true, null);

        public static RuleShape Of(Rule rule) => new(
            rule.Id.ToString(), rule.RuleId, rule.Name, rule.Description, Words.Of(rule.Severity), ConditionShape.Of(rule.Condition), rule.AlertChannels,
            rule.Enabled, BuiltIn: false, rule.CreatedAt.Iso());
    }

    /// <summary>When a rule fires.</summary>
    internal sealed record ConditionShape(string Metric, string? Action, string? AgentId, int WindowMinutes, int Threshold)
    {
        public static ConditionShape Of(RuleCondition condition) => new(
            Words.Of(condition.Metric), condition.Action, condition.Agent, condition.WindowMinutes, condition.Threshold);
    }
}
