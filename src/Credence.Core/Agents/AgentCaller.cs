using Credence.Audit;
using Credence.Credentials;
using Credence.Events;
using Credence.Organizations;

namespace Credence.Agents;

/// <summary>Who calls at the agents door: an agent, through an access token.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Organization">Its organization, as the token says it.</param>
/// <param name="Scopes">What the token allows.</param>
/// <param name="Credential">The credential it was had with; null when the agent proved itself with its own key.</param>
/// <param name="Token">The token.</param>
/// <param name="ExpiresAt">When the token ends.</param>
public sealed record AgentCaller(
    Id<Agent> Agent, Id<Organization> Organization, IReadOnlyList<string> Scopes, Id<Credential>? Credential, Id<AccessToken> Token, DateTimeOffset ExpiresAt)
    : ICaller
{
    /// <inheritdoc/>
    public EventDoor Door => EventDoor.Agents;

    /// <summary>Where the call came from, for the log.</summary>
    public AuditOrigin? Origin { get; init; }

    /// <summary>Whose authority an exchanged token carries; null when the agent acts for itself.</summary>
    public Id<Agent>? OnBehalfOf { get; init; }

    /// <summary>Whether the token allows something.</summary>
    public bool Has(string scope) => Scopes.Contains(scope, StringComparer.Ordinal);

    /// <summary>Whether it runs the installation: <c>admin:orgs</c> is given to the bootstrap organization alone (design D19).</summary>
    public bool IsOperator => Has(AgentScopes.AdminOrganizations);

    /// <summary>An audit event of its own organization that says it did <paramref name="type"/> to <paramref name="subject"/>.</summary>
    public AuditEvent Act(string type, string subject, SortedDictionary<string, string>? data = null) => Act(Organization, type, subject, data);

    /// <summary>The same in the log of the organization that it was done to.</summary>
    public AuditEvent Act(Id<Organization> organization, string type, string subject, SortedDictionary<string, string>? data = null)
    {
        data ??= new(StringComparer.Ordinal);
        if (OnBehalfOf is { } other) data["for"] = other.ToString();
        return new AuditEvent(organization.ToString(), type, Agent.ToString(), subject) { Data = data, Origin = Origin };
    }
}

/// <summary>An access token of the agents door. It is no row anywhere: its <c>jti</c> is this id as a UUID.</summary>
public sealed class AccessToken : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "at_";

    /// <summary>The most that <c>TOKEN_TTL_SECONDS</c> may say; marks about tokens are kept as long.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(1);
}
