using System.Text.Json;
using Credence.Keys;
using Credence.Storage;

namespace Credence.Agents;

/// <summary>What the agents door knows of an agent (contract agent-idp AE-04); of one that the grants door made, nothing until it is told.</summary>
/// <param name="Email">Its address, unique in the installation whatever its letters' case; null for one that the grants door made.</param>
/// <param name="Type">What sort of agent it is.</param>
/// <param name="Version">Which version of it (semver).</param>
/// <param name="Capabilities">What it can do.</param>
/// <param name="Owner">Who is responsible for it.</param>
/// <param name="Environment">Where it runs.</param>
/// <param name="PublicKey">The public key it brought (P-256); the private one is never ours (design D19).</param>
/// <param name="Scopes">What it may ask for at the agents door; null for all that its organization may give.</param>
public sealed record AgentProfile(
    string? Email,
    AgentType? Type,
    string? Version,
    IReadOnlyList<string>? Capabilities,
    string? Owner,
    DeploymentEnvironment? Environment,
    PublicJwk? PublicKey,
    IReadOnlyList<string>? Scopes)
{
    /// <summary>Of an agent of which the agents door knows nothing.</summary>
    public static readonly AgentProfile None = new(null, null, null, null, null, null, null, null);

    /// <summary>The public key as it is stored, a JWK.</summary>
    internal string? StoredKey => PublicKey is null ? null : JsonSerializer.Serialize(PublicKey, KeysJson.Default.PublicJwk);

    internal static Sql Columns { get; } = Sql.Of($"email, agent_type, version, capabilities, owner, deployment_env, public_key, api_scopes");

    internal static AgentProfile Read(Row row) => new(
        row.TextOrNull("email"),
        Words.Find<AgentType>(row.TextOrNull("agent_type")),
        row.TextOrNull("version"),
        row.TextsOrNull("capabilities"),
        row.TextOrNull("owner"),
        Words.Find<DeploymentEnvironment>(row.TextOrNull("deployment_env")),
        row.TextOrNull("public_key") is { } key ? JsonSerializer.Deserialize(key, KeysJson.Default.PublicJwk) : null,
        row.TextsOrNull("api_scopes"));
}

/// <summary>What sort of agent it is (contract agent-idp B.1).</summary>
public enum AgentType
{
    /// <summary>Decides who or what goes further.</summary>
    Screener,

    /// <summary>Puts things into classes.</summary>
    Classifier,

    /// <summary>Lets other agents work together.</summary>
    Orchestrator,

    /// <summary>Takes facts out of texts.</summary>
    Extractor,

    /// <summary>Makes texts short.</summary>
    Summarizer,

    /// <summary>Sends things where they belong.</summary>
    Router,

    /// <summary>Watches.</summary>
    Monitor,

    /// <summary>Anything else.</summary>
    Custom,
}

/// <summary>Where an agent runs.</summary>
public enum DeploymentEnvironment
{
    /// <summary>Where it is made.</summary>
    Development,

    /// <summary>Where it is tried.</summary>
    Staging,

    /// <summary>Where it counts.</summary>
    Production,
}
