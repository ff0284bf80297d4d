using Credence.Agents;
using Credence.Credentials;
using Credence.Storage;
using Credence.Telemetry;
using Credence.Tokens;
using Credence.Usage;

namespace Credence.Server.Agents;

/// <summary>What an organization's tier refuses, in this door's words (contract agent-idp A.6 26, C.10, C.11).</summary>
internal sealed class TierGate(TierCounters counters, Metrics metrics)
{
    /// <summary>Counts a call against the day's limit.</summary>
    public async ValueTask<AgentsRefusal?> CallAsync(AgentCaller caller, CancellationToken ct) =>
        await counters.TakeCallAsync(caller.Organization, caller.Agent, ct) is { } refused ? Answer(refused) : null;

    /// <summary>Issues a token if the limits of its day and month allow one; one that is not issued after all is not counted.</summary>
    /// <returns>What <paramref name="issue"/> came to; or which limit is reached.</returns>
    public async Task<(Result<IssuedAccessToken> Issued, AgentsRefusal? Limited)> IssueAsync(
        AgentClient client, Func<Task<Result<IssuedAccessToken>>> issue, CancellationToken ct)
    {
        if (await counters.TakeTokenAsync(client.Organization, client.Agent, ct) is { } refused) return (default, Answer(refused));
        var isIssued = false;
        try
        {
            var issued = await issue();
            isIssued = issued.Succeeded;
            if (isIssued)
            {
                counters.Issued(client.Organization, client.Agent);
                metrics.AccessTokenIssued(string.Join(' ', issued.Value.Claims.Scopes.Order(StringComparer.Ordinal)));
            }

            return (issued, null);
        }
        finally
        {
            if (!isIssued) await counters.GiveBackAsync(client.Organization, client.Agent, CancellationToken.None);
        }
    }

    /// <summary>The refusal as this door writes it; its code is in lower case, as documented.</summary>
    public static AgentsRefusal Answer(TierRefusal refused)
    {
        if (refused.Limit == TierLimit.MonthlyTokens)
        {
            return new AgentsRefusal(
                StatusCodes.Status403Forbidden, AgentsErrors.PlanLimit, $"The {Words.Of(refused.Tier)} tier allows an agent {refused.Most} tokens a month.")
            {
                Details = json => json.WriteNumber("limit", refused.Most),
            };
        }

        var what = refused.Limit == TierLimit.ApiCalls ? "API calls" : "tokens";
        return new AgentsRefusal(
            StatusCodes.Status429TooManyRequests, "tier_limit_exceeded", $"The {Words.Of(refused.Tier)} tier allows {refused.Most} {what} a day.")
        {
            Details = json =>
            {
                json.WriteString("limitType", Words.Of(refused.Limit));
                json.WriteNumber("limit", refused.Most);
                json.WriteString("tier", Words.Of(refused.Tier));
                json.WriteString("resetsAt", refused.ResetsAt.Iso());
            },
        };
    }
}
