using Credence.Configurations;

namespace Credence.OneTimeCodes;

/// <summary>The rules that hold now.</summary>
public delegate ValueTask<CodeRules> CurrentCodeRules(CancellationToken ct);

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

    /// <summary>How long what was proven with a code may be used.</summary>
    public TimeSpan ProofLife { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>What an administrator set.</summary>
    public static CodeRules Of(OtpSettings settings) => new()
    {
        CodeLife = TimeSpan.FromSeconds(settings.CodeSeconds),
        Attempts = settings.MaxAttempts,
        Lock = TimeSpan.FromSeconds(settings.LockSeconds),
        Cooldown = TimeSpan.FromSeconds(settings.CooldownSeconds),
        DailyLimit = settings.DailyLimit,
        ProofLife = TimeSpan.FromSeconds(settings.SessionSeconds),
    };
}
