using Credence.Agents;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Consent;

/// <summary>An agent asks a person for authority; the grants door calls it an authorization request.</summary>
/// <param name="Id">Its id; whoever holds it may decide, unless the organization asks for more.</param>
/// <param name="Organization">Whose agent asks.</param>
/// <param name="Agent">Which agent.</param>
/// <param name="Principal">What the organization calls the person.</param>
/// <param name="Scopes">What for, in the order asked.</param>
/// <param name="RedirectUri">Where the browser goes afterwards, or null.</param>
/// <param name="State">Given back to that address unchanged, or null.</param>
/// <param name="Audience">For which service the token shall be, or null.</param>
/// <param name="Lifetime">How long the authority shall last, counted from the exchange.</param>
/// <param name="ExpiresAt">When the request, and the code it gave, stop working.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Proof">How consent was proven, once it was given.</param>
/// <param name="CodeChallenge">The PKCE challenge (RFC 7636, S256), or null.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record ConsentRequest(
    Id<ConsentRequest> Id,
    Id<Organization> Organization,
    Id<Agent> Agent,
    string Principal,
    IReadOnlyList<string> Scopes,
    string? RedirectUri,
    string? State,
    string? Audience,
    TimeSpan Lifetime,
    DateTimeOffset ExpiresAt,
    ConsentStatus Status,
    ConsentProof? Proof,
    string? CodeChallenge,
    DateTimeOffset CreatedAt) : IIdentified
{
    /// <summary>How long after a passkey has proven it the decision may come.</summary>
    public static readonly TimeSpan ProofHolds = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public static string IdPrefix => "areq_";

    /// <summary>When a passkey last proved that the person is deciding this; null when none did.</summary>
    public DateTimeOffset? ProvenAt { get; init; }

    /// <summary>How well it is proven at <paramref name="now"/> who decides: with a passkey just now, or as the decision says itself.</summary>
    public ConsentProof Proven(ConsentProof said, DateTimeOffset now) => ProvenAt is { } at && now < at + ProofHolds ? ConsentProof.Passkey : said;

    /// <summary>Whether it can still be approved at <paramref name="now"/>.</summary>
    public bool IsOpen(DateTimeOffset now) => Status == ConsentStatus.Pending && now < ExpiresAt;

    internal static Sql Columns { get; } = Sql.Of(
        $"""
        id, organization_id, agent_id, principal_id, scopes, redirect_uri, state, audience, lifetime_ms, expires_ms, status, proof, code_challenge, created_ms,
        proven_ms
        """);

    internal static ConsentRequest Read(Row row) => new(
        row.Id<ConsentRequest>("id"),
        row.Id<Organization>("organization_id"),
        row.Id<Agent>("agent_id"),
        row.Text("principal_id"),
        row.Texts("scopes"),
        row.TextOrNull("redirect_uri"),
        row.TextOrNull("state"),
        row.TextOrNull("audience"),
        TimeSpan.FromMilliseconds(row.Long("lifetime_ms")),
        row.Time("expires_ms"),
        row.Word<ConsentStatus>("status"),
        row.TextOrNull("proof") is null ? null : row.Word<ConsentProof>("proof"),
        row.TextOrNull("code_challenge"),
        row.Time("created_ms"))
    {
        ProvenAt = row.TimeOrNull("proven_ms"),
    };
}

/// <summary>Where a consent request stands.</summary>
public enum ConsentStatus
{
    /// <summary>Nobody has decided.</summary>
    Pending,

    /// <summary>Approved; its code waits to be exchanged.</summary>
    Approved,

    /// <summary>Refused.</summary>
    Denied,

    /// <summary>Its code became a grant.</summary>
    Consumed,
}
