using System.Reflection;

namespace Credence.Server.Pages;

/// <summary>Style sheets and scripts, which travel inside the pages.</summary>
internal static class PageAssets
{
    /// <summary>The text of the files, one after the other.</summary>
    public static string Read(params ReadOnlySpan<string> names)
    {
        var text = "";
        foreach (var name in names)
        {
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded");
            using var reader = new StreamReader(stream);
            text += reader.ReadToEnd();
        }

        return text;
    }
}
