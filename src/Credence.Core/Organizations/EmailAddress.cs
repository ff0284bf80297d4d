namespace Credence.Organizations;

/// <summary>E-mail addresses as they are kept: trimmed and in lower case.</summary>
public static class EmailAddress
{
    private const int MaxLength = 254; // RFC 5321 4.5.3.1.3, less the angle brackets

    /// <summary>The kept form of what somebody typed.</summary>
    /// <returns>Null when it is no address: proof that it is a real one comes by mail, so only the shape is looked at.</returns>
    public static string? Normalize(string typed)
    {
        var address = typed.Trim().ToLowerInvariant();
        var at = address.LastIndexOf('@');
        var sane = at > 0 && at < address.Length - 1 && address.IndexOf('@', StringComparison.Ordinal) == at
            && address.Length <= MaxLength && !address.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || letter is '<' or '>' or ',' or ';');
        return sane ? address : null;
    }
}
