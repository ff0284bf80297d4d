namespace Credence.Scim;

/// <summary>What sort of value an attribute has (RFC 7643 2.3).</summary>
public enum ScimType
{
    /// <summary>Text.</summary>
    String,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>An instant.</summary>
    DateTime,

    /// <summary>An address.</summary>
    Reference,

    /// <summary>Bytes in base64.</summary>
    Binary,

    /// <summary>Attributes of its own.</summary>
    Complex,
}

/// <summary>An attribute as its schema has it (RFC 7643 7).</summary>
/// <param name="Name">Its name in the one spelling that is stored and shown; whoever asks may spell its letters' case otherwise.</param>
/// <param name="Type">What its values are.</param>
public sealed record AttributeDefinition(string Name, ScimType Type = ScimType.String)
{
    /// <summary>Whether it has any number of values.</summary>
    public bool IsMany { get; init; }

    /// <summary>Whether case counts when values are compared.</summary>
    public bool IsCaseExact { get; init; }

    /// <summary>Whether only the server sets it; what clients send for it is passed over (RFC 7644 3.5.1).</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Whether a resource must have it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether no other resource of the organization may have the same value.</summary>
    public bool IsUnique { get; init; }

    /// <summary>Whether it is shown whatever a client asks to leave out.</summary>
    public bool IsAlwaysShown { get; init; }

    /// <summary>The attributes of a complex one.</summary>
    public IReadOnlyList<AttributeDefinition> Parts { get; init; } = [];

    /// <summary>Its part of that name, in any case; null when it has none.</summary>
    public AttributeDefinition? Part(string name) => Find(Parts, name);

    /// <summary>The one of that name, in any case, or null.</summary>
    public static AttributeDefinition? Find(IReadOnlyList<AttributeDefinition> among, string name)
    {
        foreach (var attribute in among)
        {
            if (attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return attribute;
        }

        return null;
    }
}
