using Credence.Organizations;
using Credence.Storage;

namespace Credence.Agents;

/// <summary>A program that acts for people.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Organization">Whose agent it is.</param>
/// <param name="Name">What people see when it asks.</param>
/// <param name="Description">What it is for; may be empty.</param>
/// <param name="Scopes">What it may ask for; empty means anything, unless the organization is strict.</param>
/// <param name="RedirectUris">Where a browser may go after consent; empty means anywhere.</param>
/// <param name="Status">Whether it works.</param>
/// <param name="CreatedAt">When it was registered.</param>
/// <param name="UpdatedAt">When it last changed.</param>
public sealed record Agent(
    Id<Agent> Id,
    Id<Organization> Organization,
    string Name,
    string Description,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string> RedirectUris,
    AgentStatus Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "ag_";

    /// <summary>What its DID begins with (contract grantex 4.1).</summary>
    public const string DidPrefix = "did:grantex:";

    /// <summary>What the agents door knows of it.</summary>
    public AgentProfile Profile { get; init; } = AgentProfile.None;

    /// <summary>Its decentralized identifier.</summary>
    public string Did => DidOf(Id);

    /// <summary>The DID of the agent <paramref name="id"/>.</summary>
    public static string DidOf(Id<Agent> id) => DidPrefix + id;

    internal static Sql Columns { get; } = Sql.Of(
        $"id, organization_id, name, description, scopes, redirect_uris, status, created_ms, updated_ms, {AgentProfile.Columns}");

    internal static Agent Read(Row row) => new(
        row.Id<Agent>("id"),
        row.Id<Organization>("organization_id"),
        row.Text("name"),
        row.Text("description"),
        row.Texts("scopes"),
        row.Texts("redirect_uris"),
        row.Word<AgentStatus>("status"),
        row.Time("created_ms"),
        row.Time("updated_ms"))
    {
        Profile = AgentProfile.Read(row),
    };
}

/// <summary>Whether an agent works.</summary>
public enum AgentStatus
{
    /// <summary>It does.</summary>
    Active,

    /// <summary>It is stopped for now: its tokens do not verify until it is active again.</summary>
    Suspended,

    /// <summary>It is gone for good, with everything granted to it; the grants door no longer shows it (design D19).</summary>
    Decommissioned,
}
