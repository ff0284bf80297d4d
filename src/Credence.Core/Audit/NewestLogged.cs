using Credence.Storage;

namespace Credence.Audit;

/// <summary>What an entry of the application chain says in a line.</summary>
/// <param name="Agent">Which agent, as the developer wrote it.</param>
/// <param name="Action">What it did.</param>
/// <param name="Status">How it went.</param>
/// <param name="At">When.</param>
public sealed record LoggedLine(string Agent, string Action, LoggedStatus Status, DateTimeOffset At);

/// <summary>The application chain from its end, as the person it is about sees it (contract grantex-core 11).</summary>
public static class NewestLogged
{
    private const int MostLetters = 1 << 20; // metadata may be large, and the entries are held in memory

    /// <summary>A person's newest entries, the newest first; fewer where their metadata is very large.</summary>
    public static Task<List<LoggedEntry>> EntriesAsync(DbSession db, string organization, string principal, int most, CancellationToken ct)
    {
        var letters = 0;
        return db.ListUntilAsync(
            $"select {LoggedEntry.Columns} from audit_entries {About(organization, principal)} order by seq desc limit {most}",
            LoggedEntry.Read, entry => (letters += entry.What.Metadata.Length) >= MostLetters, ct);
    }

    /// <summary>The same in a line each.</summary>
    public static Task<List<LoggedLine>> LinesAsync(DbSession db, string organization, string principal, int most, CancellationToken ct) =>
        db.ListAsync(
            $"select agent_id, action, status, created_ms from audit_entries {About(organization, principal)} order by seq desc limit {most}",
            row => new LoggedLine(row.Text("agent_id"), row.Text("action"), row.Word<LoggedStatus>("status"), row.Time("created_ms")), ct);

    private static Sql About(string organization, string principal) =>
        $"where organization_id = {organization} and principal_id = {principal} and chain = {AuditLog.ApplicationChain} and body <> ''";
}
