using System.Text.Json;
using System.Text.Json.Serialization;

namespace Credence.Server.Hosting.Doctor;

/// <summary>Something that is wrong with an installation. None of it ever holds a secret.</summary>
/// <param name="Check">What was looked at: <c>settings</c>, <c>database</c>, <c>keys</c>, …</param>
/// <param name="Wrong">What is wrong.</param>
/// <param name="Seen">How that was seen.</param>
/// <param name="Fix">What to do: the command, or the setting.</param>
internal sealed record Finding(string Check, string Wrong, string Seen, string Fix)
{
    /// <summary>All of it in one line.</summary>
    public override string ToString() => $"{Check}: {Line(Wrong)}. Seen: {Line(Seen)}. Do: {Line(Fix)}.";

    private static string Line(string text) => text.ReplaceLineEndings(" ").TrimEnd(' ', '.');
}

/// <summary>What <c>credence doctor</c> came to.</summary>
/// <param name="Findings">What is wrong; nothing when all is well.</param>
/// <param name="Notes">What is no fault, and worth knowing.</param>
/// <param name="Looked">What was looked at, and how far: so that nothing found is not taken for nothing looked at.</param>
internal sealed record Report(IReadOnlyList<Finding> Findings, IReadOnlyList<string> Notes, IReadOnlyList<string> Looked)
{
    /// <summary>The same as JSON.</summary>
    public string Json() => JsonSerializer.Serialize(this, DoctorJson.Default.Report);
}

/// <summary>How it is written as JSON: as the wire does.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Report))]
internal sealed partial class DoctorJson : JsonSerializerContext;
