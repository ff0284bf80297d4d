using System.Text.Json;

namespace Credence.Billing;

/// <summary>What of an event this server understands (contract grantex-enterprise 5).</summary>
/// <param name="Id">Stripe's id of it.</param>
/// <param name="Type"><c>customer.subscription.updated</c> and its like.</param>
/// <param name="Created">When Stripe made it, in unix seconds; null when it does not say.</param>
/// <param name="Organization">The organization that the checkout's metadata names.</param>
/// <param name="Plan">The plan that the checkout's metadata names.</param>
/// <param name="Customer">The customer it is about.</param>
/// <param name="Subscription">The subscription it is about.</param>
/// <param name="Price">The price of that subscription.</param>
/// <param name="Status">Its status.</param>
/// <param name="PeriodEnd">Until when it is paid for, in unix seconds.</param>
internal sealed record StripeEvent(
    string Id, string Type, long? Created, string? Organization, string? Plan, string? Customer, string? Subscription, string? Price, string? Status, long? PeriodEnd)
{
    /// <summary>Reads an event; null when it is none.</summary>
    public static StripeEvent? Read(JsonElement root)
    {
        if (Text(root, "id") is not { } id || Text(root, "type") is not { } type || At(root, "data", "object") is not { } about) return null;
        var isSubscription = type.StartsWith("customer.subscription.", StringComparison.Ordinal);
        var item = At(about, "items", "data") is { ValueKind: JsonValueKind.Array } items && items.GetArrayLength() > 0 ? items[0] : default;
        var metadata = At(about, "metadata") ?? default;
        return new StripeEvent(
            id,
            type,
            Number(root, "created"),
            Text(metadata, "developerId"),
            Text(metadata, "plan"),
            IdOf(about, "customer"),
            isSubscription ? Text(about, "id") : IdOf(about, "subscription") ?? (At(about, "parent", "subscription_details") is { } details ? IdOf(details, "subscription") : null),
            At(item, "price") is { } price ? Text(price, "id") : null,
            Text(about, "status"),
            Number(about, "current_period_end") ?? Number(item, "current_period_end")); // newer versions of the API have it on the item
    }

    /// <summary>An id, or the object in its place when Stripe was told to expand it.</summary>
    private static string? IdOf(JsonElement holder, string name) => Text(holder, name) ?? (At(holder, name) is { } whole ? Text(whole, "id") : null);

    private static JsonElement? At(JsonElement holder, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (holder.ValueKind != JsonValueKind.Object || !holder.TryGetProperty(name, out holder)) return null;
        }

        return holder;
    }

    private static string? Text(JsonElement holder, string name) =>
        At(holder, name) is { ValueKind: JsonValueKind.String } value && TextOf(value) is { Length: > 0 and <= 256 } text && !text.Contains('\0', StringComparison.Ordinal) ? text : null;

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // an unpaired surrogate
        }
    }

    private static long? Number(JsonElement holder, string name) =>
        At(holder, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) && number is > 0 and < 100_000_000_000 ? number : null;
}
