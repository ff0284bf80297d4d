using Credence.Server.Grants.Pipeline;
using Credence.Telemetry;

namespace Credence.Server.Grants;

/// <summary>Counts how calls ended, refusals of every kind included, so that no handler has to (contract operations O40, O41).</summary>
internal sealed class CallTotals(Metrics metrics)
{
    /// <summary>Counts one call of a measured operation; others are not counted here.</summary>
    public void Count(GrantsCall call, Measured? measured, TimeSpan took)
    {
        TimeSpan? successTook = call.Outcome == Metrics.Success ? took : null;
        switch (measured?.Of)
        {
            case MeasuredOperation.Authorize: metrics.Authorized(call.Outcome, successTook); break;
            case MeasuredOperation.TokenExchange: metrics.TokenExchanged(call.Outcome, call.AgentId, successTook); break;
            case MeasuredOperation.TokenRefresh: metrics.TokenRefreshed(call.Outcome); break;
        }
    }
}
