using Credence.Audit;
using Credence.Events;
using Credence.Storage;

namespace Credence.Organizations;

/// <summary>A key that speaks for an organization. The key itself is shown once; its SHA-256 stays (contract grantex 1.2, design D10).</summary>
/// <param name="Id">Its id, which may be shown.</param>
/// <param name="Organization">For whom it speaks.</param>
/// <param name="Label">What its owner calls it; may be empty.</param>
/// <param name="ReadOnly">Whether it may only read and verify.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it stops working, or null.</param>
/// <param name="LastUsedAt">When it was last used, to the minute, or null.</param>
public sealed record ApiKey(
    Id<ApiKey> Id,
    Id<Organization> Organization,
    string Label,
    bool ReadOnly,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? LastUsedAt) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "key_";

    /// <summary>A new key for an organization of <paramref name="mode"/>: <c>gx_live_</c> or <c>gx_test_</c> and 43 base64url characters.</summary>
    public static string NewSecret(OrganizationMode mode) => Secret.New(mode == OrganizationMode.Live ? "gx_live_" : "gx_test_");

    internal static Sql Columns { get; } = Sql.Of($"id, organization_id, label, read_only, created_ms, expires_ms, last_used_ms");

    internal static ApiKey Read(Row row) => new(
        row.Id<ApiKey>("id"),
        row.Id<Organization>("organization_id"),
        row.Text("label"),
        row.Flag("read_only"),
        row.Time("created_ms"),
        row.TimeOrNull("expires_ms"),
        row.TimeOrNull("last_used_ms"));
}

/// <summary>A key just made, with the only sight of its secret.</summary>
/// <param name="Key">The key.</param>
/// <param name="Plaintext">What the caller sends from now on.</param>
public sealed record IssuedApiKey(ApiKey Key, string Plaintext)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Key.Id} [secret]";
}

/// <summary>Who calls: an organization, through one of its keys.</summary>
/// <param name="Organization">The organization.</param>
/// <param name="Key">The key it used.</param>
/// <param name="Mode">Its mode.</param>
/// <param name="Plan">Its plan.</param>
/// <param name="ReadOnly">Whether the key may only read and verify.</param>
public sealed record ApiCaller(Id<Organization> Organization, Id<ApiKey> Key, OrganizationMode Mode, Plan Plan, bool ReadOnly) : ICaller
{
    /// <inheritdoc/>
    public EventDoor Door => EventDoor.Grants;

    /// <summary>An audit event that says this caller did <paramref name="type"/> to <paramref name="subject"/>.</summary>
    public AuditEvent Act(string type, string subject, SortedDictionary<string, string>? data = null) =>
        new(Organization.ToString(), type, Key.ToString(), subject) { Data = data ?? [] };
}
