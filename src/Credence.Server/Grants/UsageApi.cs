using System.Globalization;
using Credence.Server.Grants.Pipeline;
using Credence.Usage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/usage</c>: how much of this server the organization used (contract grantex-core 13).</summary>
internal static class UsageApi
{
    private const int UsualDays = 30;
    private const int MostDays = 90;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1/usage", RouteFacts.Read, Today);
        routes.MapMethods("/v1/usage/history", RouteFacts.Read, History);
    }

    private static async Task<IResult> Today(GrantsCall call, MeterUsage usage, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.Now();
        var today = (await usage.ReadAsync(call.Caller.Organization, 1, now, ct)).FirstOrDefault() ?? new DayUsage(now, 0, 0, 0);
        var period = now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return Answers.Ok(
            new UsageOfDay(call.Caller.Organization.ToString(), period, today.TokenExchanges, today.Authorizations, today.Verifications, today.Total),
            GrantsJson.Wire.UsageOfDay);
    }

    private static async Task<IResult> History(GrantsCall call, MeterUsage usage, TimeProvider clock, CancellationToken ct)
    {
        var days = Math.Min(call.Query.NumberOrNull("days", 1, int.MaxValue) ?? UsualDays, MostDays);
        if (call.Query.Problem is { } problem) return problem.Answer();
        var entries = await usage.ReadAsync(call.Caller.Organization, days, clock.Now(), ct);
        return Answers.Ok(new UsageHistory(call.Caller.Organization.ToString(), days, entries.ConvertAll(UsageEntry.Of)), GrantsJson.Wire.UsageHistory);
    }

    /// <summary>What was used today.</summary>
    internal sealed record UsageOfDay(
        string DeveloperId, string Period, long TokenExchanges, long Authorizations, long Verifications, long TotalRequests);

    /// <summary>The days on which something was used, newest first.</summary>
    internal sealed record UsageHistory(string DeveloperId, int Days, List<UsageEntry> Entries);

    /// <summary>One day, by its midnight.</summary>
    internal sealed record UsageEntry(string Date, long TokenExchanges, long Authorizations, long Verifications, long TotalRequests)
    {
        public static UsageEntry Of(DayUsage day) => new(day.Day.Iso(), day.TokenExchanges, day.Authorizations, day.Verifications, day.Total);
    }
}
