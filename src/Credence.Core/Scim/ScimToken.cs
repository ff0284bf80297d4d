using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Scim;

/// <summary>What a company directory shows to tell of an organization's people; its text is shown once, its SHA-256 stays (contract grantex-enterprise 3).</summary>
/// <param name="Id">Its id, which may be shown.</param>
/// <param name="Organization">Whose people it may tell of.</param>
/// <param name="Label">What its owner calls it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastUsedAt">When it was last used, to the minute, or null.</param>
public sealed record ScimToken(Id<ScimToken> Id, Id<Organization> Organization, string Label, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "scimtok_";

    internal static Sql Columns { get; } = Sql.Of($"id, organization_id, label, created_ms, last_used_ms");

    internal static ScimToken Read(Row row) => new(
        row.Id<ScimToken>("id"), row.Id<Organization>("organization_id"), row.Text("label"), row.Time("created_ms"), row.TimeOrNull("last_used_ms"));
}

/// <summary>A token just made, with the only sight of its text.</summary>
/// <param name="Token">The token.</param>
/// <param name="Plaintext">What the directory sends from now on.</param>
public sealed record IssuedScimToken(ScimToken Token, string Plaintext)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Token.Id} [secret]";
}

/// <summary>A company directory that calls, or an identity provider that tells of who signs on.</summary>
/// <param name="Organization">Whose people it tells of.</param>
/// <param name="By">The id of the token it used, or of the connection, as the audit log names it.</param>
public sealed record ScimCaller(Id<Organization> Organization, string By)
{
    /// <summary>An audit event that says this directory did <paramref name="type"/> to <paramref name="subject"/>.</summary>
    public AuditEvent Act(string type, string subject, SortedDictionary<string, string>? data = null) =>
        new(Organization.ToString(), type, By, subject) { Data = data ?? [] };
}
