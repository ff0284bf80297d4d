using Microsoft.Extensions.Logging;

namespace Credence.Telemetry;

/// <summary>
/// Every event operators watch for (contract operations O37), with a stable id from 1000 to 1099. The message is the event's name and each
/// argument a field under its own name; none of them is ever a token, code, secret, password or query string (O38).
/// </summary>
public static partial class Log
{
    /// <summary>A person's consent became a grant.</summary>
    [LoggerMessage(1000, LogLevel.Information, "grant.created", EventName = "grant.created")]
    public static partial void GrantCreated(
        ILogger log, string grantId, string agentId, string principalId, IReadOnlyList<string> scopes, long latencyMs);

    /// <summary>A grant was taken back; <paramref name="cascadeCount"/> counts the delegated grants that went with it.</summary>
    [LoggerMessage(1001, LogLevel.Information, "grant.revoked", EventName = "grant.revoked")]
    public static partial void GrantRevoked(ILogger log, string grantId, string revokedBy, int cascadeCount);

    /// <summary>A code became a grant token.</summary>
    [LoggerMessage(1010, LogLevel.Information, "token.exchanged", EventName = "token.exchanged")]
    public static partial void TokenExchanged(ILogger log, string grantId, string agentId);

    /// <summary>A refresh token became a new grant token.</summary>
    [LoggerMessage(1011, LogLevel.Information, "token.refreshed", EventName = "token.refreshed")]
    public static partial void TokenRefreshed(ILogger log, string grantId, string agentId);

    /// <summary>A token was refused; the answer says less than this line does.</summary>
    [LoggerMessage(1012, LogLevel.Warning, "token.verification_failed", EventName = "token.verification_failed")]
    public static partial void TokenVerificationFailed(ILogger log, string reason, string? tokenId);

    /// <summary>The keys of another issuer could not be had; its tokens are refused until they can.</summary>
    [LoggerMessage(1013, LogLevel.Warning, "issuer.keys_failed", EventName = "issuer.keys_failed")]
    public static partial void IssuerKeysFailed(ILogger log, string host, string error);

    /// <summary>Consent was refused, by the person or by a rule.</summary>
    [LoggerMessage(1020, LogLevel.Warning, "authorize.denied", EventName = "authorize.denied")]
    public static partial void AuthorizeDenied(ILogger log, string agentId, string principalId, string reason);

    /// <summary>The external policy engine gave no usable answer; <paramref name="then"/> says what was done instead.</summary>
    [LoggerMessage(1021, LogLevel.Warning, "policy.engine_failed", EventName = "policy.engine_failed")]
    public static partial void PolicyEngineFailed(ILogger log, string engine, string reason, string then);

    /// <summary>A caller came too often; <paramref name="retryAfter"/> is in seconds.</summary>
    [LoggerMessage(1030, LogLevel.Warning, "rate_limit.hit", EventName = "rate_limit.hit")]
    public static partial void RateLimitHit(ILogger log, string ip, string endpoint, int retryAfter);

    /// <summary>Something unusual was found about an agent.</summary>
    [LoggerMessage(1070, LogLevel.Warning, "anomaly.detected", EventName = "anomaly.detected")]
    public static partial void AnomalyDetected(ILogger log, string type, string severity, string? agentId);

    /// <summary>A channel could not be told of an alert; what is wrong with it is its organization's to know.</summary>
    [LoggerMessage(1071, LogLevel.Warning, "alert.delivery_failed", EventName = "alert.delivery_failed")]
    public static partial void AlertDeliveryFailed(ILogger log, string channelId, string alertId, int attempt, string error);

    /// <summary>The database did not do what it was asked; <paramref name="pool"/> is the engine whose pool it was.</summary>
    [LoggerMessage(1040, LogLevel.Error, "database.error", EventName = "database.error")]
    public static partial void DatabaseError(ILogger log, string error, string pool);

    /// <summary>A mail could not be handed to the mail server.</summary>
    [LoggerMessage(1050, LogLevel.Error, "mail.failed", EventName = "mail.failed")]
    public static partial void MailFailed(ILogger log, string error, string detail);

    /// <summary>An attempt to send a message failed, and it is tried again; <paramref name="error"/> is its class.</summary>
    [LoggerMessage(1051, LogLevel.Warning, "message.failed", EventName = "message.failed")]
    public static partial void MessageFailed(ILogger log, string channel, string template, string messageId, int attempt, string error, string detail);

    /// <summary>A message is not sent, and not tried again (contract identity B.6).</summary>
    [LoggerMessage(1052, LogLevel.Error, "message.given_up", EventName = "message.given_up")]
    public static partial void MessageGivenUp(
        ILogger log, string channel, string template, string messageId, int attempts, string error, string detail, string? otpNamespace);

    /// <summary>What a message that was given up had been for could not be told of it.</summary>
    [LoggerMessage(1053, LogLevel.Error, "message.unheard", EventName = "message.unheard")]
    public static partial void GivenUpUnheard(ILogger log, string otpNamespace, Exception error);

    /// <summary>A message was shown instead of sent: in development, without a provider.</summary>
    [LoggerMessage(1054, LogLevel.Information, "message.shown", EventName = "message.shown")]
    public static partial void MessageShown(ILogger log, string channel, string to, string? subject, string text);

    /// <summary>A passkey's answer was good but for its counter: the key may have been copied.</summary>
    [LoggerMessage(1080, LogLevel.Warning, "passkey.counter_went_back", EventName = "passkey.counter_went_back")]
    public static partial void PasskeyCounterWentBack(ILogger log, string passkeyId, long signCount);

    /// <summary>Somebody asked for a one-time code; <paramref name="result"/> says what became of it (contract identity A.3 15).</summary>
    [LoggerMessage(1090, LogLevel.Information, "otp.requested", EventName = "otp.requested")]
    public static partial void OtpRequested(ILogger log, string otpNamespace, string result);

    /// <summary>Somebody sent a one-time code that did not do: <paramref name="result"/> is <c>invalid</c> or <c>locked</c>.</summary>
    [LoggerMessage(1091, LogLevel.Warning, "otp.refused", EventName = "otp.refused")]
    public static partial void OtpRefused(ILogger log, string otpNamespace, string result);

    /// <summary>The last wrong code an identifier may have in a row was counted; the line does not say whose it is (contract identity C.8).</summary>
    [LoggerMessage(1092, LogLevel.Warning, "otp.locked", EventName = "otp.locked")]
    public static partial void OtpLocked(ILogger log, string otpNamespace);

    /// <summary>Somebody could not sign in (contract identity A.3 15); the line does not say who they said they were.</summary>
    [LoggerMessage(1093, LogLevel.Warning, "sign_in.refused", EventName = "sign_in.refused")]
    public static partial void SignInRefused(ILogger log, string identifierScheme, string reason);

    /// <summary>An attempt to deliver failed; <paramref name="url"/> is without its query, <paramref name="statusCode"/> null when nothing was answered.</summary>
    [LoggerMessage(1060, LogLevel.Error, "webhook.delivery_failed", EventName = "webhook.delivery_failed")]
    public static partial void WebhookDeliveryFailed(ILogger log, string webhookId, string url, int? statusCode, int attempt, string error);

    /// <summary>A webhook was switched off because every attempt had failed for too long.</summary>
    [LoggerMessage(1061, LogLevel.Warning, "webhook.disabled", EventName = "webhook.disabled")]
    public static partial void WebhookDisabled(ILogger log, string webhookId, string organizationId, string url);

    /// <summary>Deliveries of a webhook could not be taken or written down; what was taken comes back when its lease is over.</summary>
    [LoggerMessage(1062, LogLevel.Error, "[webhook-delivery] a webhook could not be served", EventName = "webhook.lane_failed")]
    public static partial void WebhookLaneFailed(ILogger log, string webhookId, Exception error);
}
