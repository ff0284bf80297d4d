namespace Credence.Server.Pages.Account;

/// <summary>What a person calls the program that a session is with. It is a guess at what the program said of itself, which may be anything.</summary>
internal static class ProgramName
{
    // Most programs also claim to be those that come later here.
    private static readonly (string Mark, string Name)[] Programs =
        [("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("FxiOS", "Firefox"), ("Safari", "Safari")];

    private static readonly (string Mark, string Name)[] Systems =
        [("Android", "Android"), ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Windows", "Windows"), ("Mac OS X", "a Mac"), ("Linux", "Linux")];

    /// <summary><c>Firefox on Windows</c>; what is no known browser, as it calls itself.</summary>
    public static string Of(string? userAgent)
    {
        if (string.IsNullOrWhiteSpace(userAgent)) return "An unknown program";
        var program = Find(Programs, userAgent);
        if (program is null || !userAgent.StartsWith("Mozilla/", StringComparison.Ordinal)) return userAgent;
        return Find(Systems, userAgent) is { } system ? $"{program} on {system}" : program;
    }

    private static string? Find((string Mark, string Name)[] among, string text) =>
        Array.Find(among, one => text.Contains(one.Mark, StringComparison.Ordinal)).Name;
}
