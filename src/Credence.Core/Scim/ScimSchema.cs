namespace Credence.Scim;

/// <summary>A schema as RFC 7643 7 describes one: its name and the attributes it has.</summary>
/// <param name="Urn">Its id.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Description">One sentence on what it describes.</param>
/// <param name="Attributes">Its attributes.</param>
public sealed record ScimSchema(string Urn, string Name, string Description, IReadOnlyList<AttributeDefinition> Attributes)
{
    private static readonly AttributeDefinition Primary = new("primary", ScimType.Boolean);
    private static readonly AttributeDefinition Display = new("display");

    /// <summary>The user of RFC 7643 4.1, without a password: people sign in elsewhere.</summary>
    public static readonly ScimSchema User = new(
        "urn:ietf:params:scim:schemas:core:2.0:User", "User", "A person of the organization",
        [
            new AttributeDefinition("userName") { IsRequired = true, IsUnique = true },
            new AttributeDefinition("name", ScimType.Complex) { Parts = Texts("formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix") },
            .. Texts("displayName", "nickName"),
            new AttributeDefinition("profileUrl", ScimType.Reference) { IsCaseExact = true },
            .. Texts("title", "userType", "preferredLanguage", "locale", "timezone"),
            new AttributeDefinition("active", ScimType.Boolean),
            Many("emails", new AttributeDefinition("value")),
            Many("phoneNumbers", new AttributeDefinition("value")),
            Many("ims", new AttributeDefinition("value")),
            Many("photos", new AttributeDefinition("value", ScimType.Reference) { IsCaseExact = true }),
            new AttributeDefinition("addresses", ScimType.Complex)
            {
                IsMany = true,
                Parts = [.. Texts("formatted", "streetAddress", "locality", "region", "postalCode", "country", "type"), Primary],
            },
            new AttributeDefinition("groups", ScimType.Complex)
            {
                IsMany = true,
                IsReadOnly = true,
                Parts =
                [
                    new AttributeDefinition("value") { IsCaseExact = true, IsReadOnly = true },
                    new AttributeDefinition("$ref", ScimType.Reference) { IsCaseExact = true, IsReadOnly = true },
                    new AttributeDefinition("display") { IsReadOnly = true },
                    new AttributeDefinition("type") { IsReadOnly = true },
                ],
            },
            Many("entitlements", new AttributeDefinition("value")),
            Many("roles", new AttributeDefinition("value")),
            Many("x509Certificates", new AttributeDefinition("value", ScimType.Binary) { IsCaseExact = true }),
        ]);

    /// <summary>What enterprises add to a user (RFC 7643 4.3).</summary>
    public static readonly ScimSchema EnterpriseUser = new(
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "EnterpriseUser", "What an enterprise knows of a person",
        [
            .. Texts("employeeNumber", "costCenter", "organization", "division", "department"),
            new AttributeDefinition("manager", ScimType.Complex)
            {
                Parts =
                [
                    new AttributeDefinition("value") { IsCaseExact = true },
                    new AttributeDefinition("$ref", ScimType.Reference) { IsCaseExact = true },
                    new AttributeDefinition("displayName"),
                ],
            },
        ]);

    /// <summary>The group of RFC 7643 4.2; its members are users.</summary>
    public static readonly ScimSchema Group = new(
        "urn:ietf:params:scim:schemas:core:2.0:Group", "Group", "A group of people of the organization",
        [
            new AttributeDefinition("displayName") { IsRequired = true, IsUnique = true },
            new AttributeDefinition("members", ScimType.Complex)
            {
                IsMany = true,
                Parts =
                [
                    new AttributeDefinition("value") { IsCaseExact = true },
                    new AttributeDefinition("$ref", ScimType.Reference) { IsCaseExact = true, IsReadOnly = true },
                    new AttributeDefinition("display") { IsReadOnly = true },
                    new AttributeDefinition("type") { IsReadOnly = true },
                ],
            },
        ]);

    /// <summary>Every schema there is.</summary>
    public static readonly IReadOnlyList<ScimSchema> All = [User, EnterpriseUser, Group];

    private static AttributeDefinition[] Texts(params string[] names) => [.. names.Select(name => new AttributeDefinition(name))];

    private static AttributeDefinition Many(string name, AttributeDefinition value) =>
        new(name, ScimType.Complex) { IsMany = true, Parts = [value, Display, new AttributeDefinition("type"), Primary] };
}
