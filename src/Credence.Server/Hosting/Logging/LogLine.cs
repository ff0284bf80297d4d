namespace Credence.Server.Hosting.Logging;

/// <summary>One line before it is written.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Level">How important it is.</param>
/// <param name="Event">Which message it is.</param>
/// <param name="Message">The message.</param>
/// <param name="Fields">What goes with it.</param>
/// <param name="RequestId">The request it belongs to, if any.</param>
/// <param name="Error">What went wrong, if anything.</param>
internal sealed record LogLine(
    DateTimeOffset At,
    LogLevel Level,
    EventId Event,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Fields,
    string? RequestId,
    Exception? Error)
{
    /// <summary>Whether it is one of the events operators watch for, which carry more fields (contract operations O35, O37).</summary>
    public bool IsEvent => Event.Id is >= 1000 and <= 1099;

    /// <summary>The word for the level (O35).</summary>
    public string LevelWord => Level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    /// <summary>The fields under the names that are written: <c>Reason</c> is <c>reason</c>, the template itself is left out.</summary>
    public IEnumerable<KeyValuePair<string, object?>> NamedFields()
    {
        foreach (var (name, value) in Fields)
        {
            if (name is "{OriginalFormat}" or "" || value is null) continue;
            yield return new(Written(name), value);
        }
    }

    /// <summary>Documented names with a dot cannot be names of arguments (contract identity A.3 15).</summary>
    private static string Written(string name) => name switch
    {
        "otpNamespace" => "otp.namespace",
        "identifierScheme" => "identifier.scheme",
        _ => char.IsAsciiLetterUpper(name[0]) ? char.ToLowerInvariant(name[0]) + name[1..] : name,
    };
}
