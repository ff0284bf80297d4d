using Credence.Server.Doors;
using Credence.Sso;

namespace Credence.Server.Grants.Reading;

/// <summary>The members of a body that say what an SSO connection is (contract grantex-enterprise 4.1).</summary>
internal static class ConnectionFields
{
    /// <summary>The longest name.</summary>
    public const int NameLength = 200;

    private const int MostGroups = 1_000;
    private const int MostScopes = 100;
    private const int GroupLength = 500;
    private const int DomainLength = 253;

    /// <summary>Notes the first of the protocol's fields that must be there and is not.</summary>
    public static void Require(Fields body, SsoProtocol protocol)
    {
        foreach (var field in ProtocolField.Of(protocol))
        {
            if (field.IsRequired && !body.Has(field.Name)) body.Refuse(field.Name, "is required");
        }
    }

    /// <summary>Reads all that are there; null takes <c>groupAttribute</c> back.</summary>
    public static ConnectionChange Read(Fields body, SsoProtocol protocol)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in ProtocolField.Of(protocol))
        {
            if (Value(body, field) is { } value) values[field.Name] = value;
        }

        return new ConnectionChange(
            values,
            body.NameOrNull("name", NameLength),
            body.WordOrNull<ConnectionStatus>("status"),
            Domains(body),
            body.FlagOrNull("jitProvisioning"),
            body.FlagOrNull("enforce"),
            body.IsNull("groupAttribute") ? "" : body.TextOrNull("groupAttribute", 256),
            Groups(body),
            body.ScopesOrNull("defaultScopes", 0, MostScopes));
    }

    private static string? Value(Fields body, ProtocolField field) => field.Kind switch
    {
        FieldKind.Flag => body.FlagOrNull(field.Name) is { } flag ? flag ? "true" : "false" : null,
        FieldKind.OwnUrl => body.WebAddressOrNull(field.Name),
        _ => body.TextOrNull(field.Name, field.Longest),
    };

    private static IReadOnlyList<string>? Domains(Fields body)
    {
        var domains = body.TextsOrNull("domains", 0, 100, DomainLength);
        if (domains?.FirstOrDefault(domain => Uri.CheckHostName(domain) != UriHostNameType.Dns) is { } bad) body.Refuse("domains", $"holds what is no domain name: {bad}");
        return domains;
    }

    private static Dictionary<string, string[]>? Groups(Fields body)
    {
        if (body.ObjectOrNull("groupMappings") is not { } given || body.Problem is not null) return null;
        var read = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var mapping = new Fields(given);
        foreach (var member in given.EnumerateObject())
        {
            if (TextRules.Problem(member.Name, 1, GroupLength) is { } problem) body.Refuse("groupMappings", $"holds a bad group: groups {problem}");
            if (body.Problem is not null) return null;
            read[member.Name] = [.. mapping.Scopes(member.Name, 0, MostScopes)];
        }

        if (mapping.Problem is { } inside) body.Refuse("groupMappings:", inside.Detail);
        if (read.Count > MostGroups) body.Refuse("groupMappings", $"has at most {MostGroups} groups");
        return read;
    }
}
