namespace Credence.Scim;

/// <summary>A kind of resource: which schemas it has, and where it is found (RFC 7643 6).</summary>
/// <param name="Name"><c>User</c> or <c>Group</c>.</param>
/// <param name="Endpoint">Its path below the base address.</param>
/// <param name="Schema">Its own schema.</param>
/// <param name="Extension">What others add to it, or null.</param>
public sealed record ScimKind(string Name, string Endpoint, ScimSchema Schema, ScimSchema? Extension)
{
    private static readonly AttributeDefinition[] Common =
    [
        new("schemas", ScimType.Reference) { IsMany = true, IsCaseExact = true, IsReadOnly = true, IsAlwaysShown = true },
        new("id") { IsCaseExact = true, IsReadOnly = true, IsAlwaysShown = true },
        new("externalId") { IsCaseExact = true },
        new("meta", ScimType.Complex)
        {
            IsReadOnly = true,
            Parts =
            [
                new AttributeDefinition("resourceType") { IsCaseExact = true, IsReadOnly = true },
                new AttributeDefinition("created", ScimType.DateTime) { IsReadOnly = true },
                new AttributeDefinition("lastModified", ScimType.DateTime) { IsReadOnly = true },
                new AttributeDefinition("location", ScimType.Reference) { IsCaseExact = true, IsReadOnly = true },
                new AttributeDefinition("version") { IsCaseExact = true, IsReadOnly = true },
            ],
        },
    ];

    /// <summary>People.</summary>
    public static readonly ScimKind User = new("User", "/Users", ScimSchema.User, ScimSchema.EnterpriseUser);

    /// <summary>Groups of people.</summary>
    public static readonly ScimKind Group = new("Group", "/Groups", ScimSchema.Group, null);

    /// <summary>Both.</summary>
    public static readonly IReadOnlyList<ScimKind> All = [User, Group];

    /// <summary>Every attribute that a resource of some kind has: what a search through all of them may ask for (RFC 7644 3.4.2.1).</summary>
    public static readonly ScimKind Any = new("Resource", "", ScimSchema.Group with { Attributes = [.. ScimSchema.User.Attributes, .. ScimSchema.Group.Attributes] }, ScimSchema.EnterpriseUser);

    /// <summary>Every attribute of such a resource, those that all resources have first (RFC 7643 3.1); an extension is one with its URN for a name.</summary>
    public IReadOnlyList<AttributeDefinition> Attributes { get; } =
    [
        .. Common,
        .. Schema.Attributes,
        .. Extension is null ? Array.Empty<AttributeDefinition>() : [new AttributeDefinition(Extension.Urn, ScimType.Complex) { Parts = Extension.Attributes }],
    ];

    /// <summary>The attribute of that name, in any case, or null.</summary>
    public AttributeDefinition? Attribute(string name) => AttributeDefinition.Find(Attributes, name);
}
