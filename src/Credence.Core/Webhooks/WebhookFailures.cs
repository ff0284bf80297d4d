namespace Credence.Webhooks;

/// <summary>What this room refuses.</summary>
public static class WebhookFailures
{
    /// <summary>There is no such webhook in this organization.</summary>
    public static readonly Failure NotFound = Failure.NotFound("Webhook not found");

    /// <summary>There is no such delivery of this webhook.</summary>
    public static readonly Failure DeliveryNotFound = Failure.NotFound("Delivery not found");

    /// <summary>Nothing is sent to a webhook that is switched off.</summary>
    public static readonly Failure SwitchedOff =
        new(FailureKind.Conflict, "CONFLICT", "This webhook is switched off; set active to true first");

    /// <summary>The organization has as many as it may have.</summary>
    public static readonly Failure TooMany = new(FailureKind.Conflict, "WEBHOOK_LIMIT_REACHED", "This organization has as many webhooks as it may have");

    /// <summary>The address cannot be used; <paramref name="problem"/> ends the sentence.</summary>
    public static Failure BadUrl(string problem) => Failure.Invalid($"url {problem}");
}
