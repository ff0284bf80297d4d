using System.Globalization;

namespace Credence.Issuers;

/// <summary>Why a key set could not be had, besides what <see cref="Outgoing.OutgoingFailures"/> say.</summary>
public static class IssuerFailures
{
    /// <summary>What came is no key set, or one without a key that can be used.</summary>
    public static readonly Failure NoKeys = new(FailureKind.Unavailable, "OUTGOING_FAILED", "The answer is no key set with an RSA key of 2048 bits or more, or a P-256 key");

    /// <summary>Anything but 200: a redirect is not followed.</summary>
    public static Failure Status(int status) =>
        new(FailureKind.Unavailable, "OUTGOING_FAILED", string.Create(CultureInfo.InvariantCulture, $"The answer has status {status}"));
}
