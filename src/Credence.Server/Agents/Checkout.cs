using Credence.Agents;
using Credence.Billing;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Server.Agents;

/// <summary>An organization's admin goes to buy a tier (contract agent-idp AE-57, AE-58).</summary>
internal sealed class Checkout(BeginCheckout begin, AgentsOptions options, Db db)
{
    /// <summary>Only a larger tier can be bought.</summary>
    public static readonly Failure NotAnUpgrade = new(FailureKind.Conflict, "NOT_AN_UPGRADE", "The organization has this tier or a larger one");

    private static readonly AgentsRefusal NotAdmin = new(StatusCodes.Status403Forbidden, "FORBIDDEN", "Only an admin of the organization may do this.");

    /// <returns>Why the caller may not buy; null when it may.</returns>
    public async Task<AgentsRefusal?> RefuseAsync(AgentsCall call, CancellationToken ct) =>
        call.Caller.IsOperator || await MembershipStore.IsAdminAsync(db, call.Caller.Organization, call.Caller.Agent, ct) ? null : NotAdmin;

    /// <summary>Begins it; without addresses the browser comes back to this server.</summary>
    /// <returns>Where the browser goes to pay.</returns>
    public Task<Result<string>> RunAsync(AgentsCall call, Plan plan, string? success, string? cancel, CancellationToken ct) =>
        begin.RunAsync(call.Caller, new BeginCheckout.Input(plan, success ?? options.PublicBaseUrl, cancel ?? options.PublicBaseUrl), ct);

    /// <summary>An address that the browser may be sent back to: https (or this server's own), and a host that the operator named.</summary>
    public string? ReturnAddress(AgentsCall call, string name)
    {
        if (call.Body.WebAddressOrNull(name) is not { } text || call.Body.Problem is not null) return null;
        var address = new Uri(text);
        var known = options.ReturnOrigins.Contains(address.GetLeftPart(UriPartial.Authority));
        if (!known) call.Body.Refuse(name, "must be on a host that PUBLIC_BASE_URL or CORS_ORIGIN names");
        return text;
    }

    /// <summary>A refusal; without a payment provider this door says 501.</summary>
    public static AgentsRefusal Answer(Failure failure) => failure == BillingFailures.NotConfigured
        ? new AgentsRefusal(StatusCodes.Status501NotImplemented, "BILLING_NOT_CONFIGURED", "This server has no payment provider. An operator gives tiers with: credence plan")
        : failure.Answer();
}
