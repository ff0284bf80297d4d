using System.Reflection;

namespace Credence.Server.Pages;

/// <summary>The style sheet and the script, which travel inside the page: one small answer, nothing else to fetch.</summary>
internal static class PageAssets
{
    /// <summary>The style of every page.</summary>
    public static readonly string Style = Read("page.css");

    /// <summary>What a script adds to the consent page.</summary>
    public static readonly string ConsentScript = Read("consent.js");

    private static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
