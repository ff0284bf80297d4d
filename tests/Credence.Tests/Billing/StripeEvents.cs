using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Credence.Billing;
using Credence.Organizations;
using Credence.Tests.Support;

namespace Credence.Tests.Billing;

/// <summary>Events as Stripe makes and signs them.</summary>
internal sealed class StripeEvents(World world, string secret)
{
    private int _made;

    /// <summary>A checkout was paid.</summary>
    public byte[] Checkout(Id<Organization> organization, string plan, string subscription, int second, string customer = "cus_1") => Make(
        "checkout.session.completed", second,
        new { id = "cs_1", @object = "checkout.session", customer, subscription, metadata = new { developerId = organization.ToString(), plan } });

    /// <summary>A subscription is described.</summary>
    public byte[] Updated(string subscription, string price, string status, int second, long periodEnd = 1_900_000_000) => Make(
        "customer.subscription.updated", second,
        new { id = subscription, @object = "subscription", status, items = new { data = new[] { new { price = new { id = price }, current_period_end = periodEnd } } } });

    /// <summary>A subscription is over.</summary>
    public byte[] Deleted(string subscription, int second) => Make(
        "customer.subscription.deleted", second,
        new { id = subscription, @object = "subscription", status = "canceled", items = new { data = new[] { new { price = new { id = "price_pro" } } } } });

    /// <summary>A payment did not go through.</summary>
    public byte[] PaymentFailed(string subscription, int second) => Make(
        "invoice.payment_failed", second, new { id = "in_1", @object = "invoice", parent = new { subscription_details = new { subscription } } });

    /// <summary>Any event.</summary>
    public byte[] Make(string type, int second, object about) => JsonSerializer.SerializeToUtf8Bytes(
        new { id = $"evt_{Interlocked.Increment(ref _made):D6}", @object = "event", type, created = world.Now.ToUnixTimeSeconds() + second, data = new { @object = about } });

    /// <summary>The header for a body.</summary>
    public string Sign(byte[] body, TimeSpan age = default, string? with = null)
    {
        var seconds = (world.Now - age).ToUnixTimeSeconds();
        var signed = Encoding.UTF8.GetBytes($"{seconds}.{Encoding.UTF8.GetString(body)}");
        return $"t={seconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(with ?? secret), signed))}";
    }

    /// <summary>Brings an event in as Stripe does.</summary>
    public Task<Result<bool>> SendAsync(byte[] body, World? node = null) => (node ?? world).Get<TakeInStripeEvent>().RunAsync(Sign(body), body, World.Ct);
}
