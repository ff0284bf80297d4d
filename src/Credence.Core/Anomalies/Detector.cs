using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>What a detection looks at.</summary>
/// <param name="Now">The end of every window.</param>
/// <param name="Organizations">Narrows the organizations <c>o</c>, beginning with <c>and</c>; nothing for all.</param>
internal sealed record Sight(DateTimeOffset Now, Sql Organizations)
{
    /// <summary>When a window of the last <paramref name="hours"/> begins.</summary>
    public DateTimeOffset Since(int hours) => Now.AddHours(-hours);
}

/// <summary>
/// Finds anomalies in all organizations with one select, whose columns are <c>organization_id</c>, <c>subject</c> (what makes it the same thing in the
/// next round), <c>type</c>, <c>severity</c>, <c>rule_id</c>, <c>rule_name</c>, <c>custom_rule</c>, <c>agent_id</c>, <c>principal_id</c>, <c>description</c> and
/// <c>metadata</c>.
/// </summary>
internal delegate Sql Detector(Sight sight);

/// <summary>Detectors that each find one kind of anomaly.</summary>
internal static class OneKind
{
    /// <summary>Detects one kind of anomaly.</summary>
    /// <param name="type">Its word.</param>
    /// <param name="severity">How much it matters.</param>
    /// <param name="find">A select of <c>organization_id</c>, <c>about</c> (which of its kind it is), <c>agent_id</c>, <c>principal_id</c>, <c>description</c> and <c>metadata</c>.</param>
    /// <param name="rule">The built-in rule it belongs to, or null.</param>
    public static Detector Detects(string type, Severity severity, Func<Sight, Sql> find, BuiltInRule? rule = null)
    {
        return Named;

        Sql Named(Sight sight) => Sql.Of(
            $"""
            select f.organization_id, {type} || ':' || f.about as subject, {type} as type, {severity} as severity, {rule?.Id} as rule_id,
                {rule?.Name} as rule_name, null as custom_rule, f.agent_id, f.principal_id, f.description, f.metadata
            from ({find(sight)}) f
            """);
    }
}
