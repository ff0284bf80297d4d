using Credence.Events;

namespace Credence.Webhooks;

/// <summary>The events a webhook may be told of (contract grantex-core 8, agent-idp B.1).</summary>
public static class WebhookEvents
{
    /// <summary>All of the grants door.</summary>
    public static readonly IReadOnlyList<string> All = ["grant.created", "grant.revoked", "token.issued"];

    /// <summary>All of the agents door.</summary>
    public static readonly IReadOnlyList<string> OfAgents =
    [
        "agent.created", "agent.updated", "agent.decommissioned", "agent.suspended", "agent.reactivated",
        "credential.generated", "credential.rotated", "credential.revoked", "token.issued", "token.revoked",
    ];

    /// <summary>All of a door.</summary>
    public static IReadOnlyList<string> Of(EventDoor door) => door == EventDoor.Agents ? OfAgents : All;

    /// <summary>What a ping sends, whatever the webhook is subscribed to.</summary>
    public const string Ping = "webhook.ping";
}
