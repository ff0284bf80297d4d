namespace Credence.Anomalies;

/// <summary>What this room refuses.</summary>
public static class AnomalyFailures
{
    /// <summary>There is no such anomaly in this organization.</summary>
    public static readonly Failure NotFound = Failure.NotFound("Anomaly not found");

    /// <summary>There is no such rule in this organization; built-in rules cannot be changed.</summary>
    public static readonly Failure RuleNotFound = Failure.NotFound("There is no such custom rule");

    /// <summary>There is no such channel in this organization.</summary>
    public static readonly Failure ChannelNotFound = Failure.NotFound("Channel not found");

    /// <summary>The id is a built-in rule's.</summary>
    public static readonly Failure BuiltInId = Failure.Invalid("ruleId is that of a built-in rule");

    /// <summary>The organization has as many as it may.</summary>
    public static Failure TooMany(string what, int most) => Failure.Invalid($"An organization has at most {most} {what}");
}
