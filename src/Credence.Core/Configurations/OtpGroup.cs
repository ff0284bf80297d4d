using System.Text.Json;

namespace Credence.Configurations;

/// <summary>How one-time codes live (contract identity A 21, B.6); each member can be set at run time under its own name in the group <c>OTP</c>.</summary>
/// <param name="LockSeconds">How long an identifier is locked after too many wrong codes.</param>
/// <param name="CodeSeconds">How long a code counts.</param>
/// <param name="CooldownSeconds">How long one waits before asking for another.</param>
/// <param name="DailyLimit">How many codes an identifier gets in 24 hours from the first.</param>
/// <param name="MaxAttempts">How many wrong codes lock.</param>
/// <param name="SessionSeconds">How long a proven code can be used for what it was asked for.</param>
public sealed record OtpSettings(int LockSeconds, int CodeSeconds, int CooldownSeconds, int DailyLimit, int MaxAttempts, int SessionSeconds)
{
    /// <summary>What is set now.</summary>
    public static OtpSettings Of(ConfigurationSet set) => new(
        OtpGroup.LockSeconds.Of(set), OtpGroup.CodeSeconds.Of(set), OtpGroup.CooldownSeconds.Of(set), OtpGroup.DailyLimit.Of(set),
        OtpGroup.MaxAttempts.Of(set), OtpGroup.SessionSeconds.Of(set));
}

/// <summary>The group <c>OTP</c>: a whole number under each code.</summary>
public sealed class OtpGroup() : ConfigurationGroup(GroupName)
{
    private const string GroupName = "OTP";

    internal static readonly Number LockSeconds = new("lockSeconds", 600, 900, 900);
    internal static readonly Number CodeSeconds = new("codeSeconds", 300, 900, 600);
    internal static readonly Number CooldownSeconds = new("cooldownSeconds", 60, 3600, 60);
    internal static readonly Number DailyLimit = new("dailyLimit", 1, 1000, 10);
    internal static readonly Number MaxAttempts = new("maxAttempts", 1, 5, 5);
    internal static readonly Number SessionSeconds = new("sessionSeconds", 300, 86_400, 900);

    private static readonly Number[] Numbers = [LockSeconds, CodeSeconds, CooldownSeconds, DailyLimit, MaxAttempts, SessionSeconds];

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Defaults { get; } = Numbers.ToDictionary(one => one.Code, one => one.Usual.ToString(), StringComparer.Ordinal);

    /// <inheritdoc/>
    public override bool Has(string code) => Array.Exists(Numbers, one => one.Code == code);

    /// <inheritdoc/>
    public override ValueProblem? Check(string code, JsonElement value)
    {
        var number = Array.Find(Numbers, one => one.Code == code)!;
        return ValueReader.NumberOf(value, number.Least, number.Most) is null ? new ValueProblem("value", ValueReader.RangeOf(number.Least, number.Most)) : null;
    }

    /// <summary>A number that can be set in a range.</summary>
    internal sealed record Number(string Code, int Least, int Most, int Usual)
    {
        /// <summary>What it is; the usual one where what an operator wrote by hand is out of range.</summary>
        public int Of(ConfigurationSet set) =>
            set.Find(GroupName, Code) is { } configuration ? ValueReader.NumberOf(configuration.Json(), Least, Most) ?? Usual : Usual;
    }
}
