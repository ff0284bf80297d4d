namespace Credence.Usage;

/// <summary>Whether and where calls are counted.</summary>
public sealed class UsageOptions
{
    /// <summary><c>USAGE_METERING_ENABLED</c>: without it nothing is counted and every number is zero.</summary>
    public bool Enabled { get; set; }

    /// <summary><c>USAGE_JOURNAL_DIR</c>: the folder of this database's nodes for verifications that are not stored yet; null to keep them in memory only.</summary>
    public string? JournalFolder { get; set; }
}
