using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Credence.Webhooks;

/// <summary>
/// What deliveries are signed with (decision 0016). One text serves both forms: the documented headers sign with the text itself, Standard Webhooks with
/// the bytes behind <c>whsec_</c>. A text that does not begin so is offered to their libraries as <c>whsec_</c> and the base64 of its UTF-8, so that
/// the key is the same; one that does is taken at its word.
/// </summary>
public sealed record WebhookSecret(string Text)
{
    /// <summary>How a Standard Webhooks secret begins.</summary>
    public const string StandardPrefix = "whsec_";

    /// <summary>The fewest characters of a caller's own secret (design D15).</summary>
    public const int Shortest = 16;

    /// <summary>The most characters of a caller's own secret (design D15).</summary>
    public const int Longest = 256;

    /// <summary>The key of the documented headers: the text as UTF-8.</summary>
    internal byte[] Key => Encoding.UTF8.GetBytes(Text);

    /// <summary>The key of the Standard Webhooks header.</summary>
    internal byte[] StandardKey => Convert.FromBase64String(StandardText[StandardPrefix.Length..]);

    /// <summary>The secret as Standard Webhooks libraries take it.</summary>
    public string StandardText => IsStandard ? Text : StandardPrefix + Convert.ToBase64String(Key);

    private bool IsStandard => Text.StartsWith(StandardPrefix, StringComparison.Ordinal);

    /// <summary>A new secret: 48 hexadecimal characters of 24 random bytes (contract grantex-core 8).</summary>
    public static WebhookSecret New() => new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));

    /// <summary>Why a caller's own secret cannot be taken, as the end of a sentence that begins with <c>secret</c>; null when it can.</summary>
    public string? Problem()
    {
        if (Text.Length is < Shortest or > Longest) return $"must have {Shortest} to {Longest} characters";
        return IsStandard && !(Base64.IsValid(Text.AsSpan(StandardPrefix.Length), out var length) && length >= Shortest && !Text.Any(char.IsWhiteSpace))
            ? $"must have base64 of {Shortest} bytes or more behind {StandardPrefix}"
            : null;
    }

    /// <summary>A record prints its members; this one never does.</summary>
    public override string ToString() => "[secret]";
}
