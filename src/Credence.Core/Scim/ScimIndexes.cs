using Credence.Storage;

namespace Credence.Scim;

/// <summary>What the table of resources has columns for.</summary>
internal static class ScimIndexes
{
    private static readonly Dictionary<string, string> Times = new(StringComparer.Ordinal) { ["meta.created"] = "created_ms", ["meta.lastModified"] = "updated_ms" };

    private static readonly ScimColumns.Text Id = new("id", IsKey: false, IsOptional: false);
    private static readonly ScimColumns.Text ExternalId = new("external_id", IsKey: false, IsOptional: true);
    private static readonly ScimColumns.Text Name = new("name_key", IsKey: true, IsOptional: false);

    private static readonly ScimColumns Users = new(
        new Dictionary<string, ScimColumns.Text>(StringComparer.Ordinal) { ["id"] = Id, ["externalId"] = ExternalId, ["userName"] = Name },
        Times,
        new Dictionary<string, string>(StringComparer.Ordinal) { ["active"] = "active" },
        new Dictionary<string, Func<string, Sql>>(StringComparer.Ordinal)
        {
            ["groups.value"] = group => Within($"select user_id from scim_members where group_id = {group}"),
        });

    private static readonly ScimColumns Groups = new(
        new Dictionary<string, ScimColumns.Text>(StringComparer.Ordinal) { ["id"] = Id, ["externalId"] = ExternalId, ["displayName"] = Name },
        Times,
        new Dictionary<string, string>(StringComparer.Ordinal),
        new Dictionary<string, Func<string, Sql>>(StringComparer.Ordinal)
        {
            ["members.value"] = user => Within($"select group_id from scim_members where user_id = {user}"),
        });

    /// <summary>The columns for resources of <paramref name="kind"/> of one organization.</summary>
    public static ScimColumns Of(ScimKind kind, string organization) => kind == ScimKind.Group ? Groups : Users with
    {
        Elsewhere = new Dictionary<string, Func<string, Sql>>(Users.Elsewhere, StringComparer.Ordinal)
        {
            ["emails.value"] = address => Within($"select user_id from scim_emails where organization_id = {organization} and value_key = {address.ToLowerInvariant()}"),
        },
    };

    private static Sql Within(Sql ids) => Whole($"id in ({ids})");

    private static Sql Whole(Sql condition) => condition;
}
