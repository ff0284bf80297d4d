using Credence.Agents;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Grants;

/// <summary>Authority a person lent to an agent, or an agent passed on to another.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Organization">Through whom it was given.</param>
/// <param name="Agent">Who holds it.</param>
/// <param name="Principal">Whose authority it is, by the organization's name for the person.</param>
/// <param name="Scopes">What it allows, in the order asked.</param>
/// <param name="Audience">For which service, or null for any.</param>
/// <param name="Status">Whether it was taken back. Expiry does not change it.</param>
/// <param name="Proof">How the person's consent was proven; a delegated grant has its root's.</param>
/// <param name="ParentId">The grant it was delegated from, or null.</param>
/// <param name="ParentAgent">Who delegated it, or null.</param>
/// <param name="RootId">The grant the person gave; itself when it was not delegated.</param>
/// <param name="Depth">How many times it was passed on.</param>
/// <param name="IssuedAt">When it was given.</param>
/// <param name="ExpiresAt">When it ends by itself; refreshing never extends it.</param>
/// <param name="RevokedAt">When it was taken back, or null.</param>
/// <param name="PausedAt">When it was paused itself, or null.</param>
/// <param name="Pauses">How many of itself and the grants above it are paused; above 0 it gives no authority.</param>
public sealed record Grant(
    Id<Grant> Id,
    Id<Organization> Organization,
    Id<Agent> Agent,
    string Principal,
    IReadOnlyList<string> Scopes,
    string? Audience,
    GrantStatus Status,
    ConsentProof Proof,
    Id<Grant>? ParentId,
    Id<Agent>? ParentAgent,
    Id<Grant> RootId,
    int Depth,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt,
    DateTimeOffset? PausedAt = null,
    int Pauses = 0) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "grnt_";

    /// <summary>Whether it gives authority at <paramref name="now"/>.</summary>
    public bool IsLive(DateTimeOffset now) => Status == GrantStatus.Active && !IsPaused && now < ExpiresAt;

    /// <summary>Whether it gives no authority for now, because it or a grant above it is paused.</summary>
    public bool IsPaused => Status == GrantStatus.Active && Pauses > 0;

    /// <summary>The word for how it is: that of its status, or that it is paused.</summary>
    public string StatusWord => IsPaused ? PausedWord : Words.Of(Status);

    /// <summary>The word for a paused grant, which counts no more than a revoked one but may be resumed (decision 0024).</summary>
    public const string PausedWord = "paused";

    internal static Sql Columns { get; } = Sql.Of(
        $"""
        id, organization_id, agent_id, principal_id, scopes, audience, status, consent_proof, parent_id, parent_agent_id, root_id, depth, issued_ms, expires_ms,
        revoked_ms, paused_ms, pauses
        """);

    internal static Grant Read(Row row) => new(
        row.Id<Grant>("id"),
        row.Id<Organization>("organization_id"),
        row.Id<Agent>("agent_id"),
        row.Text("principal_id"),
        row.Texts("scopes"),
        row.TextOrNull("audience"),
        row.Word<GrantStatus>("status"),
        row.Word<ConsentProof>("consent_proof"),
        row.IdOrNull<Grant>("parent_id"),
        row.IdOrNull<Agent>("parent_agent_id"),
        row.Id<Grant>("root_id"),
        row.Int("depth"),
        row.Time("issued_ms"),
        row.Time("expires_ms"),
        row.TimeOrNull("revoked_ms"),
        row.TimeOrNull("paused_ms"),
        row.Int("pauses"));
}

/// <summary>Whether a grant was taken back.</summary>
public enum GrantStatus
{
    /// <summary>It was not.</summary>
    Active,

    /// <summary>It was, or the one it was delegated from was.</summary>
    Revoked,
}
