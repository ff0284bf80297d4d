using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Scim;

/// <summary>How the id of a user of the directory begins.</summary>
public sealed class ScimUser : IIdentified
{
    private ScimUser()
    {
    }

    /// <inheritdoc/>
    public static string IdPrefix => "scimuser_";
}

/// <summary>How the id of a group of the directory begins.</summary>
public sealed class ScimGroup : IIdentified
{
    private ScimGroup()
    {
    }

    /// <inheritdoc/>
    public static string IdPrefix => "scimgroup_";
}

/// <summary>A user or a group, as it is stored.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Id">Its id.</param>
/// <param name="Organization">Whose it is.</param>
/// <param name="Attributes">What the directory said of it; the members of a group are kept apart.</param>
/// <param name="Version">Goes up with each change.</param>
/// <param name="CreatedAt">When the directory first told of it.</param>
/// <param name="UpdatedAt">When it last changed.</param>
public sealed record ScimResource(
    ScimKind Kind, string Id, Id<Organization> Organization, JsonObject Attributes, long Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Its version as an entity tag (RFC 7644 3.14).</summary>
    public string ETag => $"W/\"{Version}\"";

    /// <summary>Whether it is a user who may act; groups always are.</summary>
    public bool IsActive => Attributes["active"]?.GetValue<bool>() ?? true;

    internal bool IsUser => Kind == ScimKind.User;

    internal string? ExternalId => Attributes["externalId"]?.GetValue<string>();

    /// <summary>The name that nobody else of its kind has, in the form in which names are compared.</summary>
    internal string NameKey => Attributes[IsUser ? "userName" : "displayName"]!.GetValue<string>().ToLowerInvariant();

    /// <summary>The word for its kind in the database and the audit log.</summary>
    internal string Word => WordOf(Kind);

    internal static string WordOf(ScimKind kind) => kind == ScimKind.User ? "user" : "group";

    /// <summary>An id that sorts behind <paramref name="previous"/>: lists are in the order of ids, and whoever pages through one must not be overtaken.</summary>
    internal static string NewId(ScimKind kind, string? previous, DateTimeOffset now) => kind == ScimKind.User ? After<ScimUser>(previous, now) : After<ScimGroup>(previous, now);

    /// <summary>Its attributes as JSON text.</summary>
    internal string Body()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain)) Attributes.WriteTo(json);
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    internal static Sql Columns { get; } = Sql.Of($"kind, id, organization_id, body, version, created_ms, updated_ms");

    internal static ScimResource Read(Row row) => new(
        row.Text("kind") == "user" ? ScimKind.User : ScimKind.Group,
        row.Text("id"),
        row.Id<Organization>("organization_id"),
        JsonNode.Parse(row.Text("body"))!.AsObject(),
        row.Long("version"),
        row.Time("created_ms"),
        row.Time("updated_ms"));

    private static string After<T>(string? previous, DateTimeOffset now)
        where T : IIdentified => Id<T>.NewAfter(previous is null ? null : Id<T>.Parse(previous), now).ToString();
}
