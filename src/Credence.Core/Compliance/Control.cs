using Credence.Storage;

namespace Credence.Compliance;

/// <summary>How a control stands.</summary>
public enum ControlStatus
{
    /// <summary>Its last check found nothing.</summary>
    Passing,

    /// <summary>Its last check found something.</summary>
    Failing,

    /// <summary>It was never checked, or not for a long time, or cannot be checked from here.</summary>
    Unknown,
}

/// <summary>A control of the installation, as its last check found it (contract agent-idp AE-52).</summary>
/// <param name="Id">Its number in SOC 2: <c>CC7.2</c>.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Evidence">What the check saw, for the operator.</param>
/// <param name="CheckedAt">When; null when it never was.</param>
public sealed record Control(string Id, ControlStatus Status, string Evidence, DateTimeOffset? CheckedAt)
{
    /// <summary>What is encrypted in the database can be opened with the keys that are here, and nothing secret lies there in the clear.</summary>
    public const string Encryption = "CC6.1";

    /// <summary>The address that callers use is https.</summary>
    public const string Transport = "CC6.7";

    /// <summary>No webhook delivery became a dead letter lately.</summary>
    public const string DeadLetters = "CC7.1";

    /// <summary>Every audit chain holds.</summary>
    public const string AuditIntegrity = "CC7.2";

    /// <summary>The keys that the database keeps are exchanged in time.</summary>
    public const string Rotation = "CC9.2";

    /// <summary>All of them with their names, in order.</summary>
    public static readonly IReadOnlyList<KeyValuePair<string, string>> All =
    [
        new(Encryption, "Encryption at rest"),
        new(Transport, "Encryption in transit"),
        new(DeadLetters, "Webhook dead letters"),
        new(AuditIntegrity, "Audit log integrity"),
        new(Rotation, "Secrets rotation"),
    ];

    /// <summary>The controls as the jobs left them; one without a row is unknown.</summary>
    internal static async Task<List<Control>> ListAsync(DbSession db, CancellationToken ct)
    {
        var found = await db.ListAsync($"select {Columns} from controls", Read, ct);
        return [.. All.Select(control => found.Find(one => one.Id == control.Key) ?? new Control(control.Key, ControlStatus.Unknown, "", null))];
    }

    /// <summary>Writes what a check found.</summary>
    internal static async Task SaveAsync(Db db, Control found, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        await tx.ExecuteAsync(
            $"""
            insert into controls (id, status, evidence, checked_ms) values ({found.Id}, {found.Status}, {found.Evidence}, {found.CheckedAt})
            on conflict (id) do update set status = excluded.status, evidence = excluded.evidence, checked_ms = excluded.checked_ms
            """,
            ct);
        await tx.CommitAsync();
    }

    private static Sql Columns { get; } = Sql.Of($"id, status, evidence, checked_ms");

    private static Control Read(Row row) => new(row.Text("id"), row.Word<ControlStatus>("status"), row.Text("evidence"), row.Time("checked_ms"));
}
