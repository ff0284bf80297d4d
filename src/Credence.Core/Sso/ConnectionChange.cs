using Credence.Outgoing;

namespace Credence.Sso;

/// <summary>What is said of a connection when it is made or changed; null leaves a thing as it is, or as it is by default.</summary>
/// <param name="Fields">Values of the protocol's fields, the secret's among them.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Status">Whether people can sign on with it.</param>
/// <param name="Domains">The mail domains whose people use it.</param>
/// <param name="Provisions">Whether who signs on for the first time becomes a user of the directory.</param>
/// <param name="Enforce">Whether consent needs a sign-on.</param>
/// <param name="GroupAttribute">The claim that names the groups; the empty text takes it back.</param>
/// <param name="Groups">The scopes of each group.</param>
/// <param name="Defaults">The scopes of who is in none of them.</param>
public sealed record ConnectionChange(
    IReadOnlyDictionary<string, string> Fields,
    string? Name,
    ConnectionStatus? Status,
    IReadOnlyList<string>? Domains,
    bool? Provisions,
    bool? Enforce,
    string? GroupAttribute,
    IReadOnlyDictionary<string, string[]>? Groups,
    IReadOnlyList<string>? Defaults)
{
    /// <summary>Whether it says nothing at all.</summary>
    public bool IsEmpty =>
        Fields.Count == 0 && Name is null && Status is null && Domains is null && Provisions is null && Enforce is null && GroupAttribute is null
        && Groups is null && Defaults is null;

    /// <summary>The rules that follow from <paramref name="before"/>.</summary>
    internal ConnectionRules Apply(ConnectionRules before) => new(
        Name ?? before.Name,
        Status ?? before.Status,
        Domains is null ? before.Domains : [.. Domains.Select(domain => domain.ToLowerInvariant()).Distinct(StringComparer.Ordinal)],
        Provisions ?? before.Provisions,
        Enforce ?? before.Enforce,
        new ScopeMapping(
            GroupAttribute is null ? before.Mapping.GroupAttribute : GroupAttribute.Length == 0 ? null : GroupAttribute,
            Groups ?? before.Mapping.Groups,
            Defaults ?? before.Mapping.Defaults));

    /// <summary>Why a field's address cannot be used; null when all can.</summary>
    internal Failure? BadUrl(SsoProtocol protocol, OutgoingRules rules)
    {
        foreach (var field in ProtocolField.Of(protocol))
        {
            if (Fields.GetValueOrDefault(field.Name) is not { } value) continue;
            var problem = field.Kind switch
            {
                FieldKind.ProviderUrl => rules.Problem(value) ?? (value.AsSpan().ContainsAny('?', '#') && field.Name == ProtocolField.IssuerUrl ? "must have no query and no fragment" : null),
                FieldKind.LdapUrl => LdapProblem(value, rules),
                _ => null,
            };
            if (problem is not null) return SsoFailures.BadUrl(field.Name, problem);
        }

        return null;
    }

    private static string? LdapProblem(string url, OutgoingRules rules)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("ldap" or "ldaps")) return "must be an ldap or ldaps address";
        return rules.Problem($"https://{uri.Authority}"); // the same hosts as for the web
    }
}
