using System.Text.Json;
using Credence.Proofs;

namespace Credence.Server.Hosting.Commands;

/// <summary>How the outcome of a check is shown on a terminal.</summary>
internal static class VerdictText
{
    /// <summary>What was looked at, a line for each finding, and the verdict.</summary>
    public static IEnumerable<string> Lines(Verdict verdict)
    {
        yield return $"log          {verdict.Origin}";
        yield return $"entries      {verdict.Entries}, of which {verdict.Dropped} lost their text to retention, as signed";
        yield return $"checkpoints  {verdict.Checkpoints} signed by the key" + (verdict.Last is { } last ? $", the last of {last.Size} entries at {last.Time.Iso()}" : "");
        yield return verdict.Kept > 0
            ? $"kept         {verdict.Kept} checkpoints from elsewhere"
            : "kept         none: who holds the key could have signed another history; give --checkpoint to rule that out";
        foreach (var finding in verdict.Findings) yield return $"{Word(finding.Kind),-11}  {finding.Place}: {finding.What}";
        if (verdict.FindingCount > verdict.Findings.Count) yield return $"             and {verdict.FindingCount - verdict.Findings.Count} more";
        yield return verdict.Holds ? "OK: nothing is changed, missing, truncated or unanchored" : $"NOT OK: {verdict.FindingCount} findings";
    }

    /// <summary>The same as one JSON object.</summary>
    public static string Json(Verdict verdict) => JsonSerializer.Serialize(
        new VerdictShown(
            verdict.Holds, verdict.Origin, verdict.Entries, verdict.Dropped, verdict.Checkpoints, verdict.Last is { } last ? new CheckpointShown(last.Size, last.Time.Iso()) : null,
            verdict.Kept, verdict.FindingCount, [.. verdict.Findings.Select(finding => new FindingShown(Word(finding.Kind), finding.Place, finding.What))]),
        ToolJson.Default.VerdictShown);

    private static string Word(FindingKind kind) => kind.ToString().ToLowerInvariant();
}

/// <summary>The outcome of a check. Of many findings the first are listed; <paramref name="FindingCount"/> is how many there are.</summary>
internal sealed record VerdictShown(
    bool Holds, string Log, long Entries, long Dropped, long Checkpoints, CheckpointShown? LastCheckpoint, int Kept, long FindingCount, IReadOnlyList<FindingShown> Findings);

/// <summary>A checkpoint, as commands show it.</summary>
internal sealed record CheckpointShown(long Size, string Time);

/// <summary>Something that is wrong with an exported log: <c>changed</c>, <c>missing</c>, <c>truncated</c> or <c>unanchored</c>.</summary>
internal sealed record FindingShown(string Kind, string Place, string What);
