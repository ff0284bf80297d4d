namespace Credence.Audit;

/// <summary>Something the server did, as its system chain records it (design D7).</summary>
/// <param name="Organization">Whose log it belongs to.</param>
/// <param name="Type">What happened: <c>grant.revoked</c>.</param>
/// <param name="Actor">Who did it: an API key's id, a policy's, or <c>principal</c> for a person who held a link.</param>
/// <param name="Subject">The id of what it happened to.</param>
public sealed record AuditEvent(string Organization, string Type, string Actor, string Subject)
{
    /// <summary>Further facts; never a secret, never personal beyond the ids the organization chose.</summary>
    public SortedDictionary<string, string> Data { get; init; } = [];

    /// <summary>Where the call came from; null where that is not recorded.</summary>
    public AuditOrigin? Origin { get; init; }
}
