using System.Globalization;
using Credence.Storage;
using Credence.Usage;

namespace Credence.Server.Agents;

/// <summary><c>/api/v1/analytics</c>: what an organization's agents did, from durable counts (contract agent-idp AE-53 to AE-55).</summary>
internal static class AnalyticsApi
{
    private const string Path = AgentsDoor.Base + "/analytics";
    private const int UsualDays = 30;
    private const int MostDays = 90;
    private const int ActivityDays = 30;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path + "/tokens", RouteFacts.Read, Tokens).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapMethods(Path + "/agents/activity", RouteFacts.Read, Activity).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapMethods(Path + "/agents", RouteFacts.Read, Agents).AnswersForeign(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> Tokens(AgentsCall call, AgentUsage usage, Db db, TimeProvider clock, CancellationToken ct)
    {
        var days = call.Query.NumberOrNull("days", 1, MostDays) ?? UsualDays;
        if (call.Invalid() is { } invalid) return invalid;
        var first = UsageStore.DayOf(clock.Now()).AddDays(1 - days);
        await usage.StoreAsync(ct); // whoever just got a token finds it here
        var hours = await AgentUsageStore.HoursAsync(db, call.Caller.Organization, AgentUsageKind.TokenIssued, first, ct);
        var byDay = hours.ToLookup(hour => UsageStore.DayOf(hour.Hour), hour => hour.Count);
        var data = Enumerable.Range(0, days).Select(day => new DayCount(Date(first.AddDays(day)), byDay[first.AddDays(day)].Sum())).ToList();
        return AgentsAnswers.Ok(new TokenTrend(call.Caller.Organization.Value, days, data), AgentsJson.Wire.TokenTrend);
    }

    private static async Task<IResult> Activity(AgentsCall call, AgentUsage usage, Db db, TimeProvider clock, CancellationToken ct)
    {
        await usage.StoreAsync(ct);
        var found = await AgentUsageStore.AgentHoursAsync(db, call.Caller.Organization, UsageStore.DayOf(clock.Now()).AddDays(1 - ActivityDays), ct);
        var data = found.GroupBy(one => (one.Agent, Day: (int)one.Hour.UtcDateTime.DayOfWeek, one.Hour.UtcDateTime.Hour))
            .Select(group => new ActivityCount(group.Key.Agent.Value, group.Key.Day, group.Key.Hour, group.Sum(one => one.Count))).ToList();
        return AgentsAnswers.Ok(new AgentActivity(call.Caller.Organization.Value, data), AgentsJson.Wire.AgentActivity);
    }

    private static async Task<IResult> Agents(AgentsCall call, AgentUsage usage, Db db, TimeProvider clock, CancellationToken ct)
    {
        var month = Month(call, clock);
        if (call.Invalid() is { } invalid) return invalid;
        await usage.StoreAsync(ct);
        var found = await AgentUsageStore.AgentsAsync(db, call.Caller.Organization, AgentUsageKind.TokenIssued, month, month.AddMonths(1), ct);
        return AgentsAnswers.Ok(
            new AgentSummary(
                call.Caller.Organization.Value, month.ToString("yyyy-MM", CultureInfo.InvariantCulture),
                found.ConvertAll(one => new AgentTokens(one.Agent.Value, one.Name, one.Count))),
            AgentsJson.Wire.AgentSummary);
    }

    private static DateTimeOffset Month(AgentsCall call, TimeProvider clock)
    {
        var present = AgentUsageStore.MonthOf(clock.Now());
        if (call.Query.TextOrNull("month", 7) is not { } text) return present;
        if (DateTimeOffset.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var month) && month.Year >= 2000) return month;
        call.Query.Refuse("month", "must be a month such as 2026-03");
        return present;
    }

    private static string Date(DateTimeOffset day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Tokens issued, a day at a time, the oldest first.</summary>
    internal sealed record TokenTrend(Guid TenantId, int Days, IReadOnlyList<DayCount> Data);

    /// <summary>A day.</summary>
    internal sealed record DayCount(string Date, long Count);

    /// <summary>When the agents work, by the days and hours of a week; calls and tokens together.</summary>
    internal sealed record AgentActivity(Guid TenantId, IReadOnlyList<ActivityCount> Data);

    /// <summary>An hour of a day of the week, 0 for Sunday.</summary>
    internal sealed record ActivityCount(Guid AgentId, int DayOfWeek, int Hour, long Count);

    /// <summary>What each agent got in a month, the most first.</summary>
    internal sealed record AgentSummary(Guid TenantId, string Month, IReadOnlyList<AgentTokens> Data);

    /// <summary>An agent's share.</summary>
    internal sealed record AgentTokens(Guid AgentId, string Name, long TokensIssued);
}
