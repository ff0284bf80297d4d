using System.Text.Json;
using Credence.Audit;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;
using Microsoft.Extensions.Logging;

namespace Credence.Billing;

/// <summary>
/// Stripe tells of a checkout or a subscription. Whatever the order in which its events arrive, and however often, the outcome is that of their own
/// order: of each part the latest word stands, and the plan follows from what stands (decision 0022).
/// </summary>
public sealed class TakeInStripeEvent(Db db, BillingOptions options, RevocationIndex revocations, TimeProvider clock, ILogger<TakeInStripeEvent> log)
{
    private const string Actor = "stripe";
    private const string PastDue = "past_due";

    /// <summary>With these nothing is paid for.</summary>
    private static readonly string[] Unpaid = [Subscription.Canceled, "unpaid", "incomplete", "incomplete_expired", "paused"];

    /// <returns>True, also for an event that changes nothing; or why it was not taken in, so that Stripe sends it again.</returns>
    public async Task<Result<bool>> RunAsync(string? signature, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        var now = clock.Now();
        if (options.WebhookSecret is not { } secret) return BillingFailures.NotConfigured;
        if (signature is null || !StripeSignature.IsGood(signature, body.Span, secret, now)) return BillingFailures.BadSignature;
        if (Read(body) is not { } happened) return BillingFailures.BadEvent;

        await using var tx = await db.BeginAsync(ct);
        if (!await SubscriptionStore.AddEventAsync(tx, happened.Id, now, ct)) return true;
        var taken = happened.Type switch
        {
            "checkout.session.completed" => await LinkAsync(tx, happened, now, ct),
            "customer.subscription.created" or "customer.subscription.updated" => await DescribeAsync(tx, happened, now, ct),
            "customer.subscription.deleted" => await SayStatusAsync(tx, happened, Subscription.Canceled, now, ct),
            "invoice.payment_failed" => await SayStatusAsync(tx, happened, PastDue, now, ct),
            _ => Array.Empty<Revocation>(),
        };
        if (!taken.Succeeded)
        {
            BillingLog.EventRefused(log, happened.Id, happened.Type, taken.Failure.Detail);
            return taken.Failure;
        }

        await RevocationStore.AddAsync(tx, taken.Value, ct);
        await tx.CommitAsync();
        revocations.Announce(taken.Value);
        return true;
    }

    /// <summary>A checkout says whose a subscription is.</summary>
    private static async Task<Result<Revocation[]>> LinkAsync(DbTx tx, StripeEvent happened, DateTimeOffset now, CancellationToken ct)
    {
        if (Words.Find<Plan>(happened.Plan) is not { } plan || !Id<Organization>.TryParse(happened.Organization, out var id)) return BillingFailures.UnknownOrganization;
        var said = happened.Subscription is { } stripe ? await SubscriptionStore.HoldStripeAsync(tx, stripe, ct) : null;
        if (await OrganizationStore.HoldAsync(tx, id, ct) is not { } organization) return BillingFailures.UnknownOrganization;

        var before = await SubscriptionStore.FindAsync(tx, id, ct) ?? Subscription.NoneOf(id);
        var place = Place(happened, now);
        if (string.CompareOrdinal(before.LinkedBy, place) > 0) return Array.Empty<Revocation>(); // a later checkout came first
        var linked = before with { StripeCustomer = happened.Customer, StripeSubscription = happened.Subscription, StripePlan = plan, LinkedBy = place };
        return await SettleAsync(tx, organization, before, linked, said, happened, now, ct);
    }

    /// <summary>Stripe describes a subscription: what it costs, how it stands, until when it is paid for.</summary>
    private async Task<Result<Revocation[]>> DescribeAsync(DbTx tx, StripeEvent happened, DateTimeOffset now, CancellationToken ct)
    {
        if (happened is not { Subscription: { } id, Price: { } price, Status: { } status }) return BillingFailures.BadEvent;
        if (options.PlanOf(price) is not { } plan) return BillingFailures.UnknownPrice;
        var said = await SubscriptionStore.HoldStripeAsync(tx, id, ct);
        var place = Place(happened, now);
        if (string.CompareOrdinal(said.DescribedBy, place) < 0)
        {
            var end = happened.PeriodEnd is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : said.CurrentPeriodEnd;
            said = said with { Plan = plan, CurrentPeriodEnd = end, DescribedBy = place };
        }

        return await SaidAsync(tx, WithStatus(said, status, place), happened, now, ct);
    }

    private static async Task<Result<Revocation[]>> SayStatusAsync(DbTx tx, StripeEvent happened, string status, DateTimeOffset now, CancellationToken ct)
    {
        if (happened.Subscription is not { } id) return status == PastDue ? Array.Empty<Revocation>() : BillingFailures.BadEvent; // an invoice may be for something else
        var said = await SubscriptionStore.HoldStripeAsync(tx, id, ct);
        return await SaidAsync(tx, WithStatus(said, status, Place(happened, now)), happened, now, ct);
    }

    /// <summary>The later status stands; the end of a subscription is its last word.</summary>
    private static StripeSubscription WithStatus(StripeSubscription said, string status, string place) =>
        said.Status != Subscription.Canceled && (status == Subscription.Canceled || string.CompareOrdinal(said.StatusBy, place) < 0)
            ? said with { Status = status, StatusBy = place }
            : said;

    private static async Task<Result<Revocation[]>> SaidAsync(DbTx tx, StripeSubscription said, StripeEvent happened, DateTimeOffset now, CancellationToken ct)
    {
        await SubscriptionStore.SaveStripeAsync(tx, said, ct);
        if (await SubscriptionStore.FindByStripeAsync(tx, said.Id, ct) is not { } linked) return Array.Empty<Revocation>(); // its checkout is still to come
        if (await OrganizationStore.HoldAsync(tx, linked.Organization, ct) is not { } organization) return BillingFailures.UnknownOrganization;
        var before = (await SubscriptionStore.FindAsync(tx, linked.Organization, ct))!;
        return before.StripeSubscription == said.Id ? await SettleAsync(tx, organization, before, before, said, happened, now, ct) : Array.Empty<Revocation>();
    }

    /// <summary>Lets the organization's plan follow from what stands.</summary>
    private static async Task<Revocation[]> SettleAsync(
        DbTx tx, Organization organization, Subscription before, Subscription linked, StripeSubscription? said, StripeEvent happened, DateTimeOffset now, CancellationToken ct)
    {
        var status = said?.Status ?? Subscription.Active;
        var after = linked with
        {
            Plan = Unpaid.Contains(status, StringComparer.Ordinal) ? Plan.Free : said?.Plan ?? linked.StripePlan!.Value,
            Status = status,
            CurrentPeriodEnd = said?.CurrentPeriodEnd,
        };
        if (after == before) return [];
        await SubscriptionStore.SaveAsync(tx, after, now, ct);
        await AuditLog.AppendAsync(tx, new AuditEvent(organization.Id.ToString(), "subscription.changed", Actor, organization.Id.ToString())
        {
            Data = new() { ["event"] = happened.Id, ["planBefore"] = Words.Of(before.Plan), ["plan"] = Words.Of(after.Plan), ["status"] = after.Status },
        }, now, ct);
        return await PlanChange.ApplyAsync(tx, organization, after.Plan, now, ct);
    }

    /// <summary>An event's place in Stripe's own order: its second; within one, a failed payment after what it failed for; then its id.</summary>
    private static string Place(StripeEvent happened, DateTimeOffset now) =>
        $"{happened.Created ?? now.ToUnixTimeSeconds():D12} {(happened.Type.StartsWith("invoice.", StringComparison.Ordinal) ? 1 : 0)} {happened.Id}";

    private static StripeEvent? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return StripeEvent.Read(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
