using Credence.Audit;
using Credence.Organizations;
using Credence.Principals;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>The record of somebody's sign-on (contract grantex-enterprise 4.1). It is no credential: what it gives is a principal session, where the person is known.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Organization">Whose people they are of.</param>
/// <param name="Connection">With which provider.</param>
/// <param name="Principal">The directory's id of the person; null when the directory does not know them.</param>
/// <param name="PrincipalSession">The session that was opened for them; null when <paramref name="Principal"/> is.</param>
/// <param name="Who">What the provider said.</param>
/// <param name="MappedScopes">What their groups stand for; null when the connection says nothing of scopes.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="ExpiresAt">Until when.</param>
public sealed record SsoSession(
    Id<SsoSession> Id,
    Id<Organization> Organization,
    Id<Connection> Connection,
    string? Principal,
    Id<PrincipalSession>? PrincipalSession,
    Identity Who,
    IReadOnlyList<string>? MappedScopes,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "ssosess_";

    /// <summary>An audit event that says <paramref name="actor"/> did <paramref name="type"/> to it.</summary>
    internal AuditEvent Event(string type, string actor) => new(Organization.ToString(), type, actor, Id.ToString())
    {
        Data = new() { ["connection"] = Connection.ToString(), ["principal"] = Principal ?? "", ["scopes"] = string.Join(' ', MappedScopes ?? []) },
    };

    internal static Sql Columns { get; } = Sql.Of(
        $"id, organization_id, connection_id, principal_id, principal_session_id, idp_subject, email, name, groups, mapped_scopes, created_ms, expires_ms");

    internal static SsoSession Read(Row row) => new(
        row.Id<SsoSession>("id"),
        row.Id<Organization>("organization_id"),
        row.Id<Connection>("connection_id"),
        row.TextOrNull("principal_id"),
        row.IdOrNull<PrincipalSession>("principal_session_id"),
        new Identity(row.Text("idp_subject"), row.TextOrNull("email"), row.TextOrNull("name"), row.Texts("groups")),
        row.TextsOrNull("mapped_scopes"),
        row.Time("created_ms"),
        row.Time("expires_ms"));
}

/// <summary>Who somebody is, in a provider's words.</summary>
/// <param name="Subject">The provider's own name for them, which never means anybody else.</param>
/// <param name="Email">Their address, or null.</param>
/// <param name="Name">Their name, or null.</param>
/// <param name="Groups">The groups they are in.</param>
public sealed record Identity(string Subject, string? Email, string? Name, IReadOnlyList<string> Groups)
{
    /// <summary>Whether the provider says that the address was not proven to be theirs; then it means nobody.</summary>
    public bool EmailIsUnproven { get; init; }
}
