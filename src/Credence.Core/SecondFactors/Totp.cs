using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Credence.SecondFactors;

/// <summary>Codes that a device makes of a secret and the time (RFC 6238): six digits of HMAC-SHA-1, a new one each half minute, as every authenticator app makes them.</summary>
public static class Totp
{
    /// <summary>How many bytes a secret has: 160 bits (RFC 4226 4, R6).</summary>
    public const int SecretLength = 20;

    /// <summary>How many digits a code has.</summary>
    public const int Digits = 6;

    private const int StepSeconds = 30;
    private const int Slack = 1; // steps that a clock may be wrong by, either way (RFC 6238 5.2)

    /// <summary>Which half minute it is.</summary>
    public static long StepAt(DateTimeOffset now) => now.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>The code of a step (RFC 4226 5.3).</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6238 with SHA-1 is what apps know; HMAC does not rest on what SHA-1 has lost")]
    public static string CodeOf(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        Span<byte> mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        HMACSHA1.HashData(secret, counter, mac);
        var number = BinaryPrimitives.ReadInt32BigEndian(mac[(mac[^1] & 0xF)..]) & 0x7FFF_FFFF;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>Of which step a code is, a clock being wrong by half a minute at most; every step that may be is computed and compared in constant time.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="typed">The code, with whatever spaces.</param>
    /// <param name="after">The step of the last code that was taken; none counts twice, and none from before.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null when it is of none.</returns>
    public static long? Match(ReadOnlySpan<byte> secret, string typed, long after, DateTimeOffset now)
    {
        var shown = Encoding.UTF8.GetBytes(string.Concat(typed.Where(sign => !char.IsWhiteSpace(sign))));
        long? found = null;
        for (var step = StepAt(now) - Slack; step <= StepAt(now) + Slack; step++)
        {
            var isRight = CryptographicOperations.FixedTimeEquals(shown, Encoding.UTF8.GetBytes(CodeOf(secret, step)));
            if (isRight && step > after) found ??= step;
        }

        return found;
    }

    /// <summary>What an app reads to make the codes: the <c>otpauth</c> address that all of them know.</summary>
    /// <param name="issuer">Who asks.</param>
    /// <param name="account">What the account is called there.</param>
    /// <param name="secret">The secret, in base 32.</param>
    public static string Address(string issuer, string account, string secret) =>
        $"otpauth://totp/{Uri.EscapeDataString(issuer)}:{Uri.EscapeDataString(account)}?secret={secret}&issuer={Uri.EscapeDataString(issuer)}&algorithm=SHA1&digits={Digits}&period={StepSeconds}";
}
