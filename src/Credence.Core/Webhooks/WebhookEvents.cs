namespace Credence.Webhooks;

/// <summary>The events a webhook may be told of (contract grantex-core 8).</summary>
public static class WebhookEvents
{
    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = ["grant.created", "grant.revoked", "token.issued"];

    /// <summary>What a ping sends, whatever the webhook is subscribed to.</summary>
    public const string Ping = "webhook.ping";
}
