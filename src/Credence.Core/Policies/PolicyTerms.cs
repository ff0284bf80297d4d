using Credence.Storage;

namespace Credence.Policies;

/// <summary>When a rule matches: every term that is set must hold; null sets none, and a rule without terms matches everything.</summary>
/// <param name="Agent">The agent's id. One that is suspended, or another organization's, never asks, so such a rule never matches.</param>
/// <param name="Principal">The organization's name for the person.</param>
/// <param name="Scopes">An allow rule needs every requested scope listed, a deny rule any.</param>
/// <param name="Start">From when on a clock's face; a term only together with <paramref name="End"/>.</param>
/// <param name="End">Until when, that minute not included; a window that ends before it starts runs over midnight.</param>
/// <param name="TimeZone">The IANA name of the zone whose wall clock counts; UTC when null.</param>
/// <param name="Days">On which days, in that zone; a window over midnight belongs to the day it began on.</param>
public sealed record PolicyTerms(
    string? Agent, string? Principal, IReadOnlyList<string>? Scopes, TimeOfDay? Start, TimeOfDay? End, string? TimeZone, IReadOnlyList<DayOfWeek>? Days)
{
    /// <summary>No term: matches everything.</summary>
    public static readonly PolicyTerms None = new(null, null, null, null, null, null, null);

    /// <summary>
    /// The instant on the wall clock that counts. An hour that a change to summer time skips never comes on that day, one that the change back repeats
    /// comes twice: a window means what people there see on the clock.
    /// </summary>
    /// <returns>Null when this machine does not know the zone.</returns>
    public DateTimeOffset? WallClock(DateTimeOffset at)
    {
        if (TimeZone is null) return at.ToUniversalTime();
        return IanaZones.Find(TimeZone) is { } zone ? TimeZoneInfo.ConvertTime(at, zone) : null;
    }

    /// <summary>Which of the terms about time do not hold at <paramref name="at"/>.</summary>
    /// <param name="at">The instant.</param>
    /// <param name="unknownZoneHolds">Whether they count as met when this machine does not know the zone: so for a deny rule, which must not open for that.</param>
    internal PolicyTerm UnmetTimes(DateTimeOffset at, bool unknownZoneHolds)
    {
        if ((Start is null || End is null) && Days is null) return PolicyTerm.None;
        if (WallClock(at) is not { } local) return unknownZoneHolds ? PolicyTerm.None : PolicyTerm.TimeZone;

        var (unmet, day) = (PolicyTerm.None, local.DayOfWeek);
        if (Start is { } start && End is { } end)
        {
            var minute = (local.Hour * 60) + local.Minute;
            var overMidnight = start.Minute > end.Minute;
            var begun = start.Minute <= minute;
            var ended = end.Minute <= minute;
            if (overMidnight ? !begun && ended : !begun || ended) unmet |= PolicyTerm.TimeOfDay;
            if (overMidnight && !ended) day = (DayOfWeek)(((int)day + 6) % 7);
        }

        if (Days is { } days && !days.Contains(day)) unmet |= PolicyTerm.Days;
        return unmet;
    }

    internal static Sql Columns { get; } = Sql.Of($"agent_id, principal_id, scopes, time_of_day_start, time_of_day_end, time_zone, days_of_week");

    internal static PolicyTerms Read(Row row) => new(
        row.TextOrNull("agent_id"),
        row.TextOrNull("principal_id"),
        row.TextsOrNull("scopes"),
        TimeOfDay.Find(row.TextOrNull("time_of_day_start")),
        TimeOfDay.Find(row.TextOrNull("time_of_day_end")),
        row.TextOrNull("time_zone"),
        row.TextsOrNull("days_of_week")?.Select(day => Words.Find<DayOfWeek>(day)!.Value).ToList());
}

/// <summary>The terms of a rule, one by one.</summary>
[Flags]
public enum PolicyTerm
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>Which agent.</summary>
    Agent = 1,

    /// <summary>Which person.</summary>
    Principal = 2,

    /// <summary>What for.</summary>
    Scopes = 4,

    /// <summary>The hours.</summary>
    TimeOfDay = 8,

    /// <summary>The days.</summary>
    Days = 16,

    /// <summary>Whether this machine knows the zone at all.</summary>
    TimeZone = 32,
}
