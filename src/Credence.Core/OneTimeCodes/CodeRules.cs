namespace Credence.OneTimeCodes;

/// <summary>How codes are lived with: group <c>OTP</c> of the configurations, which an administrator may change while the server runs (contract identity B.6).</summary>
public sealed record CodeRules
{
    /// <summary>How long a code can be used.</summary>
    public TimeSpan CodeLife { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How many wrong codes may be sent; the last of them shuts the identifier.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary><c>OTP.lockSeconds</c>: how long it is shut, 600 to 900 seconds.</summary>
    public TimeSpan Lock { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long after one request the next may come.</summary>
    public TimeSpan Cooldown { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many requests an identifier has in the 24 hours that its first one begins.</summary>
    public int DailyLimit { get; init; } = 10;
}
