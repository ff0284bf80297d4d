using Credence.Billing;
using Credence.Organizations;
using Credence.Server.Doors;

namespace Credence.Server.Agents;

/// <summary><c>/api/v1/billing</c>: the way to the payment provider and back (contract agent-idp AE-58, AE-60).</summary>
internal static class BillingApi
{
    private const string SignatureHeader = "stripe-signature";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(AgentsDoor.Base + "/billing/checkout", Begin).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapPost(AgentsDoor.Base + "/billing/webhook", TakeIn).NeedsNoToken().AnswersForeign(StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> Begin(AgentsCall call, Checkout checkout, CancellationToken ct)
    {
        if (await checkout.RefuseAsync(call, ct) is { } refused) return refused;
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var (success, cancel) = (checkout.ReturnAddress(call, "successUrl"), checkout.ReturnAddress(call, "cancelUrl"));
        var tier = call.Body.WordOrNull("targetTier", Plan.Pro, Plan.Enterprise) ?? Plan.Pro;
        if (call.Invalid() is { } invalid) return invalid;
        var begun = await checkout.RunAsync(call, tier, success, cancel, ct);
        return begun.Succeeded ? begun.Created(url => new CheckoutBegun(url), AgentsJson.Wire.CheckoutBegun) : Checkout.Answer(begun.Failure);
    }

    private static async Task<IResult> TakeIn(AgentsCall call, TakeInStripeEvent takeIn, CancellationToken ct)
    {
        var signature = call.Http.Request.Headers[SignatureHeader] is [{ } only] ? only : null;
        if (await JsonBody.BytesAsync(call.Http.Request, ct) is not { } body) return new AgentsRefusal(StatusCodes.Status413PayloadTooLarge, AgentsErrors.Validation, "The body is larger than 1 MiB");
        var taken = await takeIn.RunAsync(signature, body, ct);
        return taken.Succeeded ? AgentsAnswers.Ok(new EventReceived(true), AgentsJson.Wire.EventReceived) : Checkout.Answer(taken.Failure);
    }

    /// <summary>Where the browser goes to pay.</summary>
    internal sealed record CheckoutBegun(string CheckoutUrl);

    /// <summary>The event was taken in, now or before.</summary>
    internal sealed record EventReceived(bool Received);
}
