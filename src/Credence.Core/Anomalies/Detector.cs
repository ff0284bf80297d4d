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

/// <summary>One kind of anomaly, and how it is found.</summary>
/// <param name="Type">Its word.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Find">A select of <c>organization_id</c>, <c>about</c> (which of its kind it is), <c>agent_id</c>, <c>principal_id</c>, <c>description</c> and <c>metadata</c>.</param>
/// <param name="Rule">The built-in rule it belongs to, or null.</param>
internal sealed record Kind(string Type, Severity Severity, Func<Sight, Sql> Find, BuiltInRule? Rule = null)
{
    /// <summary>Its <see cref="Detector"/>.</summary>
    public Sql Detect(Sight sight) => Sql.Of(
        $"""
        select f.organization_id, {Type} || ':' || f.about as subject, {Type} as type, {Severity} as severity, {Rule?.Id} as rule_id,
            {Rule?.Name} as rule_name, null as custom_rule, f.agent_id, f.principal_id, f.description, f.metadata
        from ({Find(sight)}) f
        """);
}
