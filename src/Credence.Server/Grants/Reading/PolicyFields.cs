using Credence.Policies;
using Credence.Server.Doors;
using Credence.Storage;

namespace Credence.Server.Grants.Reading;

/// <summary>The members of a body that say when a policy matches: absent keeps a term, null clears it (contract grantex-core 10).</summary>
internal static class PolicyFields
{
    private const int IdLength = 256;

    /// <summary>Reads all of them.</summary>
    public static PolicyTermsChange Read(Fields body) => new(
        Change(body, "agentId", name => body.TextOrNull(name, IdLength)),
        Change(body, "principalId", name => body.TextOrNull(name, IdLength)),
        Change(body, "scopes", name => body.ScopesOrNull(name, 1, 100)), // an empty list would read as "no scope" to some and as "any" to others
        Change(body, "timeOfDayStart", name => Time(body, name)),
        Change(body, "timeOfDayEnd", name => Time(body, name)),
        Change(body, "timeZone", name => Zone(body, name)),
        Change<IReadOnlyList<DayOfWeek>>(body, "daysOfWeek", name => Days(body, name)));

    private static Change<T?> Change<T>(Fields body, string name, Func<string, T?> read) =>
        body.Has(name) ? new(Named: true, body.IsNull(name) ? default : read(name)) : default;

    private static TimeOfDay? Time(Fields body, string name)
    {
        if (body.TextOrNull(name, 5) is not { } text || body.Problem is not null) return null;
        if (TimeOfDay.Find(text) is { } time) return time;
        body.Refuse(name, "must be a time from 00:00 to 24:00, written HH:MM");
        return null;
    }

    private static string? Zone(Fields body, string name)
    {
        if (body.TextOrNull(name, IanaZones.NameLength) is not { } text || body.Problem is not null) return null;
        return IanaZones.Find(text) is null ? body.Refuse(name, "must be the IANA name of a time zone, such as Europe/Berlin") : text;
    }

    private static List<DayOfWeek>? Days(Fields body, string name)
    {
        if (body.TextsOrNull(name, 1, 7, 9) is not { } words) return null;
        var days = words.Select(Words.Find<DayOfWeek>).OfType<DayOfWeek>().Distinct().ToList();
        if (days.Count < words.Count) body.Refuse(name, "must be different days, such as monday");
        return days;
    }
}
