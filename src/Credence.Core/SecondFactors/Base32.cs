using System.Text;

namespace Credence.SecondFactors;

/// <summary>Base 32 (RFC 4648 6), without padding: how secrets are given to authenticator apps.</summary>
internal static class Base32
{
    private const string Signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>Writes bytes, whose number is a multiple of five.</summary>
    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 8 / 5);
        var (bits, count) = (0, 0);
        foreach (var next in bytes)
        {
            bits = (bits << 8) | next;
            for (count += 8; count >= 5; bits &= (1 << count) - 1)
            {
                count -= 5;
                text.Append(Signs[bits >> count]);
            }
        }

        return text.ToString();
    }
}
