namespace Credence.Configurations;

/// <summary>Why a configuration is not taken (contract identity B.3, B.7).</summary>
public static class ConfigurationFailures
{
    /// <summary>There is no such group, or it has no such code.</summary>
    public static readonly Failure NotFound = new(FailureKind.NotFound, "configuration.not_found", "There is no such configuration");

    /// <summary>A value that its group does not take; the reason is the member's path.</summary>
    public static Failure Of(ValueProblem problem) =>
        new(FailureKind.Unprocessable, "configuration.invalid", problem.Message) { Reason = problem.Path };
}

/// <summary>What is wrong with a value.</summary>
/// <param name="Path">Which member: <c>value.port</c>.</param>
/// <param name="Message">What would do; never what was given.</param>
public sealed record ValueProblem(string Path, string Message);
