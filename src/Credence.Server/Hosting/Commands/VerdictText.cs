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
        foreach (var finding in verdict.Findings) yield return $"{finding.Kind.ToString().ToLowerInvariant(),-11}  {finding.Place}: {finding.What}";
        if (verdict.FindingCount > verdict.Findings.Count) yield return $"             and {verdict.FindingCount - verdict.Findings.Count} more";
        yield return verdict.Holds ? "OK: nothing is changed, missing, truncated or unanchored" : $"NOT OK: {verdict.FindingCount} findings";
    }
}
