using Credence.Issuers;
using Credence.Storage;

namespace Credence.Federation;

/// <summary>Another issuer whose agents' tokens are understood here (contract agent-idp B.11).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What operators call it.</param>
/// <param name="Issuer">The <c>iss</c> of its tokens, compared letter by letter.</param>
/// <param name="JwksUri">Where its keys are.</param>
/// <param name="AllowedOrganizations">Whose tokens count, by the claim <c>organization_id</c>; empty lets any through, and tokens without one.</param>
/// <param name="Status">Whether it is trusted; see <see cref="StatusAt"/>.</param>
/// <param name="ExpiresAt">Until when, or null.</param>
/// <param name="CreatedAt">When it was registered.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="Version">Counts its changes.</param>
public sealed record Partner(
    Id<Partner> Id,
    string Name,
    string Issuer,
    string JwksUri,
    IReadOnlyList<string> AllowedOrganizations,
    PartnerStatus Status,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    long Version) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "fed_";

    /// <summary>Where its keys are; a change of the partner forgets them.</summary>
    public KeySource Keys => new(JwksUri, $"{Id}.{Version}");

    /// <summary>What it is at <paramref name="now"/>, whether or not anybody has noted yet that its time is over.</summary>
    public PartnerStatus StatusAt(DateTimeOffset now) => Status == PartnerStatus.Active && ExpiresAt <= now ? PartnerStatus.Expired : Status;

    internal static Sql Columns { get; } = Sql.Of($"id, name, issuer, jwks_uri, allowed_organizations, status, expires_ms, created_ms, updated_ms, version");

    internal static Partner Read(Row row) => new(
        row.Id<Partner>("id"),
        row.Text("name"),
        row.Text("issuer"),
        row.Text("jwks_uri"),
        row.Texts("allowed_organizations"),
        row.Word<PartnerStatus>("status"),
        row.TimeOrNull("expires_ms"),
        row.Time("created_ms"),
        row.Time("updated_ms"),
        row.Long("version"));
}

/// <summary>Whether a partner is trusted.</summary>
public enum PartnerStatus
{
    /// <summary>It is.</summary>
    Active,

    /// <summary>Not for now.</summary>
    Suspended,

    /// <summary>No longer: its time is over.</summary>
    Expired,
}
