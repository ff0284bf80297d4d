namespace Credence.Audit;

/// <summary>Where a call came from, as the agents door records it (contract agent-idp AE-16). It is part of the text that retention empties.</summary>
/// <param name="Address">The client's address.</param>
/// <param name="UserAgent">What its program calls itself; cut to <see cref="LongestUserAgent"/>.</param>
public sealed record AuditOrigin(string? Address, string? UserAgent)
{
    /// <summary>How much of a user agent is recorded.</summary>
    public const int LongestUserAgent = 256;

    /// <summary>As the entry holds it.</summary>
    internal SortedDictionary<string, string> Members()
    {
        var members = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Address is not null) members["address"] = Address;
        if (UserAgent is not null) members["userAgent"] = UserAgent.Length > LongestUserAgent ? UserAgent[..LongestUserAgent] : UserAgent;
        return members;
    }
}
