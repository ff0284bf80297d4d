namespace Credence.Server.Pages;

/// <summary>Where the browser goes after the decision (contract grantex-core 3, page flow).</summary>
internal static class ReturnAddress
{
    /// <summary>
    /// <paramref name="redirectUri"/> with parameters <em>set</em> in its query: one of the same name is replaced, everything else stays as it was written.
    /// Parameters without a value are left alone.
    /// </summary>
    public static Uri With(string redirectUri, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var address = new UriBuilder(redirectUri);
        address.Host = address.Uri.IdnHost; // what goes into a header or an attribute is ASCII
        var pairs = address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).ToList();
        foreach (var (name, value) in parameters)
        {
            if (value is null) continue;
            pairs.RemoveAll(pair => NameOf(pair) == name);
            pairs.Add($"{name}={Uri.EscapeDataString(value)}");
        }

        address.Query = string.Join('&', pairs);
        return address.Uri;
    }

    private static string NameOf(string pair) => Uri.UnescapeDataString(pair.Split('=', 2)[0].Replace('+', ' '));
}
