using Credence.Storage;

namespace Credence.Audit;

/// <summary>One sealed entry of an organization's system chain.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Sequence">Its place: 1, 2, 3, … without gaps.</param>
/// <param name="Body">The canonical JSON that was hashed; it contains <c>seq</c> and <c>prevHash</c>.</param>
/// <param name="Hash">Lower-case hex SHA-256 of <paramref name="Body"/>.</param>
/// <param name="PreviousHash">The hash of the entry before, or null for the first.</param>
public sealed record AuditEntry(Id<AuditEntry> Id, long Sequence, string Body, string Hash, string? PreviousHash) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "alog_";

    internal static AuditEntry Read(Row row) =>
        new(row.Id<AuditEntry>("id"), row.Long("seq"), row.Text("body"), row.Text("hash"), row.TextOrNull("prev_hash"));
}
