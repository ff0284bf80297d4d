namespace Credence.Agents;

/// <summary>What an access token of the agents door can allow (contract agent-idp B.1).</summary>
public static class AgentScopes
{
    /// <summary>See agents and their credentials.</summary>
    public const string ReadAgents = "agents:read";

    /// <summary>Register and change them.</summary>
    public const string WriteAgents = "agents:write";

    /// <summary>Introspect tokens.</summary>
    public const string ReadTokens = "tokens:read";

    /// <summary>See the audit log.</summary>
    public const string ReadAudit = "audit:read";

    /// <summary>See webhooks.</summary>
    public const string ReadWebhooks = "webhooks:read";

    /// <summary>Make and change them.</summary>
    public const string WriteWebhooks = "webhooks:write";

    /// <summary>Manage organizations; given to agents of the bootstrap organization alone (design D19).</summary>
    public const string AdminOrganizations = "admin:orgs";

    /// <summary>Have an ID token.</summary>
    public const string OpenId = "openid";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All =
        [ReadAgents, WriteAgents, ReadTokens, ReadAudit, ReadWebhooks, WriteWebhooks, AdminOrganizations, OpenId];

    /// <summary>What an agent may ask for.</summary>
    /// <param name="registered">What it was registered with; null for all that its organization may give.</param>
    /// <param name="isBootstrap">Whether its organization runs the installation.</param>
    public static IReadOnlyList<string> Allowed(IReadOnlyList<string>? registered, bool isBootstrap) =>
        [.. (registered ?? All).Where(scope => isBootstrap || scope != AdminOrganizations)];

    /// <summary>What it gets when it asks for nothing: all but <c>openid</c> and <c>admin:orgs</c> (AE-13).</summary>
    public static IReadOnlyList<string> Usual(IReadOnlyList<string> allowed) => [.. allowed.Where(scope => scope is not OpenId and not AdminOrganizations)];
}
