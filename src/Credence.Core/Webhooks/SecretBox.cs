using System.Security.Cryptography;
using System.Text;
using Credence.Keys;

namespace Credence.Webhooks;

/// <summary>Encrypts webhook secrets for the database, and opens them to sign.</summary>
public sealed class SecretBox(Envelope envelope)
{
    private const string Purpose = "webhooks.secret";

    /// <summary>Encrypts the secret of a webhook.</summary>
    internal string Seal(Id<Webhook> webhook, WebhookSecret secret) => envelope.Protect(Purpose, webhook.ToString(), secret.Key);

    /// <summary>What signs at <paramref name="now"/>, the current secret first; empty when a key that would open one is not here.</summary>
    internal IReadOnlyList<WebhookSecret> Open(Webhook webhook, DateTimeOffset now)
    {
        if (Open(webhook.Id, webhook.Secrets.Current) is not { } current) return [];
        if (webhook.Secrets.Previous is not { } sealedBefore || webhook.Secrets.PreviousUntil <= now) return [current];
        return Open(webhook.Id, sealedBefore) is { } before ? [current, before] : [];
    }

    /// <summary>The same secret under the current key; null when it is under it already, or cannot be opened.</summary>
    internal string? Renew(Id<Webhook> webhook, string sealedText) =>
        envelope.NeedsReencryption(sealedText) && Open(webhook, sealedText) is { } secret ? Seal(webhook, secret) : null;

    private WebhookSecret? Open(Id<Webhook> webhook, string sealedText)
    {
        if (envelope.Open(Purpose, webhook.ToString(), sealedText) is not { } bytes) return null;
        var secret = new WebhookSecret(Encoding.UTF8.GetString(bytes));
        CryptographicOperations.ZeroMemory(bytes);
        return secret;
    }
}
