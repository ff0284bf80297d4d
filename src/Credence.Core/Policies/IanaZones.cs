namespace Credence.Policies;

/// <summary>Time zones by their IANA names, from the operating system's tables.</summary>
public static class IanaZones
{
    /// <summary>The longest name that is looked for.</summary>
    public const int NameLength = 64;

    /// <summary>The zone, or null when there is none of that name here.</summary>
    /// <remarks>The name becomes a path below the tables' folder, so nothing but names may reach it: no dots, no slash at an end.</remarks>
    public static TimeZoneInfo? Find(string name) =>
        IsName(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    private static bool IsName(string text) =>
        text.Length is > 0 and <= NameLength
        && text.Split('/').All(part => part.Length > 0 && part.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '+'));
}
