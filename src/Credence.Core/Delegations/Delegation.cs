using Credence.Agents;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Delegations;

/// <summary>Authority that an agent passed on to another of its organization; the agents door calls it a delegation chain (contract agent-idp B.10).</summary>
/// <param name="Id">Its id, which the agents door calls the chain's.</param>
/// <param name="Organization">Whose agents they are.</param>
/// <param name="Parties">Every agent on the chain: first the one whose authority it is, last the one that holds it.</param>
/// <param name="Scopes">What it allows.</param>
/// <param name="ParentId">The delegation it continues, or null.</param>
/// <param name="RootId">The first of its chain; itself when it continues none.</param>
/// <param name="IssuedAt">When it was given, to the second.</param>
/// <param name="ExpiresAt">When it ends by itself, to the second.</param>
/// <param name="RevokedAt">When it was taken back, or null.</param>
public sealed record Delegation(
    Id<Delegation> Id,
    Id<Organization> Organization,
    IReadOnlyList<Id<Agent>> Parties,
    IReadOnlyList<string> Scopes,
    Id<Delegation>? ParentId,
    Id<Delegation> RootId,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "dlg_";

    /// <summary>Who passed it on.</summary>
    public Id<Agent> Delegator => Parties[^2];

    /// <summary>Who holds it.</summary>
    public Id<Agent> Delegatee => Parties[^1];

    /// <summary>How many times the authority was passed on, this time included.</summary>
    public int Depth => Parties.Count - 1;

    /// <summary>Whether it was neither taken back nor is over at <paramref name="now"/>; its parties may still be stopped.</summary>
    public bool IsLive(DateTimeOffset now) => RevokedAt is null && now < ExpiresAt;

    internal static Sql Columns { get; } = Sql.Of($"id, organization_id, parties, scopes, parent_id, root_id, issued_ms, expires_ms, revoked_ms");

    internal static Delegation Read(Row row) => new(
        row.Id<Delegation>("id"),
        row.Id<Organization>("organization_id"),
        [.. row.Texts("parties").Select(Id<Agent>.Parse)],
        row.Texts("scopes"),
        row.IdOrNull<Delegation>("parent_id"),
        row.Id<Delegation>("root_id"),
        row.Time("issued_ms"),
        row.Time("expires_ms"),
        row.TimeOrNull("revoked_ms"));
}
