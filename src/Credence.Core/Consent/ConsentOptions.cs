namespace Credence.Consent;

/// <summary>What may be asked for.</summary>
public sealed class ConsentOptions
{
    /// <summary><c>GRANT_MAX_LIFETIME</c>: the longest a grant may last.</summary>
    public TimeSpan LongestGrant { get; set; } = TimeSpan.FromDays(366);

    /// <summary>Whether a browser may be sent to plain http and to private addresses: only in development.</summary>
    public bool AllowPrivateRedirects { get; set; }
}
