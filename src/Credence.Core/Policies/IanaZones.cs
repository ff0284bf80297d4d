namespace Credence.Policies;

/// <summary>Time zones by their IANA names, from the operating system's tables.</summary>
public static class IanaZones
{
    /// <summary>The longest name that is looked for.</summary>
    public const int NameLength = 64;

    /// <summary>The zone, or null when there is none of that name here.</summary>
    /// <remarks>A name becomes a path below the tables' folder. The framework refuses one that leads out of it, and a test holds it to that.</remarks>
    public static TimeZoneInfo? Find(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
}
