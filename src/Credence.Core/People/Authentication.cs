namespace Credence.People;

/// <summary>How somebody showed who they are, and what that is worth.</summary>
/// <param name="Methods">The <c>amr</c> of it, in the words of RFC 8176.</param>
public sealed record Authentication(IReadOnlyList<string> Methods)
{
    /// <summary>What one factor is worth (contract standards 10).</summary>
    public const string OneFactor = "urn:credence:acr:pwd";

    /// <summary>What two are worth.</summary>
    public const string TwoFactors = "urn:credence:acr:mfa";

    /// <summary>What is worth most: it cannot be shown to a wrong site (OpenID Connect Extended Authentication Profile, 2).</summary>
    public const string PhishingResistant = "phr";

    private const string Several = "mfa", HardwareKey = "hwk", SoftwareKey = "swk";

    /// <summary>A password.</summary>
    public static readonly Authentication Password = new(["pwd"]);

    /// <summary>A code that was sent to a telephone.</summary>
    public static readonly Authentication Telephone = new(["sms"]);

    /// <summary>A code that a device makes, or one that was kept for when there is none.</summary>
    public static readonly Authentication OneTimeCode = new(["otp"]);

    /// <summary>A passkey, which makes sure of its owner: two factors at once.</summary>
    /// <param name="canBeCopied">Whether its key may leave the device it was made on.</param>
    public static Authentication Passkey(bool canBeCopied) => new([canBeCopied ? SoftwareKey : HardwareKey, "user", Several]);

    /// <summary>The <c>acr</c> of it.</summary>
    public string Worth => Methods.Contains(HardwareKey) || Methods.Contains(SoftwareKey) ? PhishingResistant : Methods.Contains(Several) ? TwoFactors : OneFactor;

    /// <summary>This one, and another after it.</summary>
    public Authentication Then(Authentication next) => new([.. Methods.Concat(next.Methods).Where(method => method != Several).Distinct(), Several]);
}
