using System.Text.Json.Nodes;
using Credence.Scim;
using Credence.Storage;

namespace Credence.Server.Grants.Scim;

/// <summary>What this server says of itself: what it can, which resources it has, and which attributes they have (RFC 7643 5, 6, 7).</summary>
internal sealed class ScimDescriptions(GrantsOptions options)
{
    private const string SchemaUrn = "urn:ietf:params:scim:schemas:core:2.0:Schema";
    private const string ResourceTypeUrn = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
    private const string ConfigUrn = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

    /// <summary>The address of <c>/scim/v2</c>.</summary>
    public string Home { get; } = options.PublicBaseUrl.TrimEnd('/') + ScimDoor.Base;

    /// <summary>What this server can.</summary>
    public JsonObject Config() => new()
    {
        ["schemas"] = new JsonArray(ConfigUrn),
        ["patch"] = Supported(true),
        ["bulk"] = new JsonObject { ["supported"] = false, ["maxOperations"] = 0, ["maxPayloadSize"] = 0 },
        ["filter"] = new JsonObject { ["supported"] = true, ["maxResults"] = ScimQuery.MostCount },
        ["changePassword"] = Supported(false),
        ["sort"] = Supported(true),
        ["etag"] = Supported(true),
        ["pagination"] = new JsonObject
        {
            ["cursor"] = true,
            ["index"] = true,
            ["defaultPaginationMethod"] = "index",
            ["defaultPageSize"] = ScimQuery.DefaultCount,
            ["maxPageSize"] = ScimQuery.MostCount,
        },
        ["authenticationSchemes"] = new JsonArray(new JsonObject
        {
            ["type"] = "oauthbearertoken",
            ["name"] = "SCIM token",
            ["description"] = "A token that the organization makes with POST /v1/scim/tokens, sent as Authorization: Bearer <token>",
            ["primary"] = true,
        }),
        ["meta"] = new JsonObject { ["resourceType"] = "ServiceProviderConfig", ["location"] = $"{Home}/ServiceProviderConfig" },
    };

    /// <summary>A kind of resource.</summary>
    public JsonObject Type(ScimKind kind)
    {
        var extensions = new JsonArray();
        if (kind.Extension is { } extension) extensions.Add((JsonNode)new JsonObject { ["schema"] = extension.Urn, ["required"] = false });
        return new JsonObject
        {
            ["schemas"] = new JsonArray(ResourceTypeUrn),
            ["id"] = kind.Name,
            ["name"] = kind.Name,
            ["description"] = kind.Schema.Description,
            ["endpoint"] = kind.Endpoint,
            ["schema"] = kind.Schema.Urn,
            ["schemaExtensions"] = extensions,
            ["meta"] = new JsonObject { ["resourceType"] = "ResourceType", ["location"] = $"{Home}/ResourceTypes/{kind.Name}" },
        };
    }

    /// <summary>A schema.</summary>
    public JsonObject Schema(ScimSchema schema) => new()
    {
        ["schemas"] = new JsonArray(SchemaUrn),
        ["id"] = schema.Urn,
        ["name"] = schema.Name,
        ["description"] = schema.Description,
        ["attributes"] = Attributes(schema.Attributes),
        ["meta"] = new JsonObject { ["resourceType"] = "Schema", ["location"] = $"{Home}/Schemas/{schema.Urn}" },
    };

    private static JsonObject Supported(bool value) => new() { ["supported"] = value };

    private static JsonArray Attributes(IReadOnlyList<AttributeDefinition> attributes) => [.. attributes.Select(Attribute)];

    private static JsonObject Attribute(AttributeDefinition attribute)
    {
        var described = new JsonObject
        {
            ["name"] = attribute.Name,
            ["type"] = attribute.Type == ScimType.DateTime ? "dateTime" : Words.Of(attribute.Type),
            ["multiValued"] = attribute.IsMany,
            ["description"] = "",
            ["required"] = attribute.IsRequired,
            ["caseExact"] = attribute.IsCaseExact,
            ["mutability"] = attribute.IsReadOnly ? "readOnly" : "readWrite",
            ["returned"] = attribute.IsAlwaysShown ? "always" : "default",
            ["uniqueness"] = attribute.IsUnique ? "server" : "none",
        };
        if (attribute.Type == ScimType.Reference) described["referenceTypes"] = new JsonArray("external");
        if (attribute.Type == ScimType.Complex) described["subAttributes"] = Attributes(attribute.Parts);
        return described;
    }
}
