using System.Globalization;
using System.Text;

namespace Credence.Audit;

/// <summary>Numbers as ECMAScript writes them (ECMA-262 6.1.6.1.20, Number::toString; RFC 8785 3.2.2.3).</summary>
internal static class EcmaNumber
{
    private const int LargestPlain = 21; // from 1e21 on, and below 1e-6, with an exponent
    private const int SmallestPlain = -6;

    /// <summary>Writes a finite number in the fewest digits that read back as the same double.</summary>
    public static void Append(StringBuilder text, double value)
    {
        if (value == 0)
        {
            text.Append('0'); // and so is -0
            return;
        }

        if (value < 0) text.Append('-');
        var (digits, point) = Shortest(Math.Abs(value));
        if (point is > SmallestPlain and <= 0)
        {
            text.Append("0.").Append('0', -point).Append(digits);
        }
        else if (point > 0 && point <= LargestPlain)
        {
            if (digits.Length <= point) text.Append(digits).Append('0', point - digits.Length);
            else text.Append(digits, 0, point).Append('.').Append(digits, point, digits.Length - point);
        }
        else
        {
            text.Append(digits[0]);
            if (digits.Length > 1) text.Append('.').Append(digits, 1, digits.Length - 1);
            text.Append('e').Append(point > 0 ? '+' : '-').Append(Math.Abs(point - 1));
        }
    }

    /// <summary>The value is 0.digits × 10^point. The runtime finds the same shortest digits, but sets point and exponent in its own way.</summary>
    private static (string Digits, int Point) Shortest(double value)
    {
        var written = value.ToString("R", CultureInfo.InvariantCulture);
        var exponentAt = written.IndexOf('E', StringComparison.Ordinal);
        var exponent = exponentAt < 0 ? 0 : int.Parse(written.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = exponentAt < 0 ? written : written[..exponentAt];
        var pointAt = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var significant = digits.TrimStart('0');
        return (significant.TrimEnd('0'), (pointAt < 0 ? mantissa.Length : pointAt) - (digits.Length - significant.Length) + exponent);
    }
}
