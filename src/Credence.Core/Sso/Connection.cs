using System.Text.Json;
using System.Text.Json.Serialization;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>A company's identity provider, with which an organization's people sign on (contract grantex-enterprise 4.1).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Organization">Whose people.</param>
/// <param name="Protocol">How the provider is spoken to.</param>
/// <param name="Settings">What the protocol needs, by the names of <see cref="ProtocolField"/>, without the secret.</param>
/// <param name="SealedSecret">The protocol's secret, encrypted; null where it has none.</param>
/// <param name="Rules">What its owner chose beyond the protocol.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it last changed.</param>
public sealed record Connection(
    Id<Connection> Id,
    Id<Organization> Organization,
    SsoProtocol Protocol,
    IReadOnlyDictionary<string, string> Settings,
    string? SealedSecret,
    ConnectionRules Rules,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "sso_";

    /// <summary>The issuer of an OpenID Connect provider, as its owner wrote it; null for another protocol.</summary>
    public string? Issuer => Settings.GetValueOrDefault(ProtocolField.IssuerUrl);

    internal string ClientId => Settings[ProtocolField.ClientId];

    internal bool IsActive => Rules.Status == ConnectionStatus.Active;

    internal static Sql Columns { get; } = Sql.Of(
        $"""
        id, organization_id, protocol, settings, secret, name, status, domains, jit_provisioning, enforce, group_attribute, group_mappings, default_scopes,
        created_ms, updated_ms
        """);

    internal static Connection Read(Row row) => new(
        row.Id<Connection>("id"),
        row.Id<Organization>("organization_id"),
        row.Word<SsoProtocol>("protocol"),
        JsonSerializer.Deserialize(row.Text("settings"), SsoJson.Default.DictionaryStringString)!,
        row.TextOrNull("secret"),
        new ConnectionRules(
            row.Text("name"), row.Word<ConnectionStatus>("status"), row.Texts("domains"), row.Flag("jit_provisioning"), row.Flag("enforce"),
            new ScopeMapping(
                row.TextOrNull("group_attribute"), JsonSerializer.Deserialize(row.Text("group_mappings"), SsoJson.Default.DictionaryStringStringArray)!,
                row.Texts("default_scopes"))),
        row.Time("created_ms"),
        row.Time("updated_ms"));
}

/// <summary>What a connection's owner chose, whatever its protocol.</summary>
/// <param name="Name">What they call it.</param>
/// <param name="Status">Whether people can sign on with it.</param>
/// <param name="Domains">The mail domains whose people use it, in small letters.</param>
/// <param name="Provisions">Whether who signs on for the first time becomes a user of the directory.</param>
/// <param name="Enforce">Whether the organization's people must sign on to give consent, while it is active.</param>
/// <param name="Mapping">What the provider's groups allow.</param>
public sealed record ConnectionRules(
    string Name, ConnectionStatus Status, IReadOnlyList<string> Domains, bool Provisions, bool Enforce, ScopeMapping Mapping);

/// <summary>The JSON kept in this room's columns.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
[JsonSerializable(typeof(LoginState))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class SsoJson : JsonSerializerContext;
