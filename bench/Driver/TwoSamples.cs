namespace Credence.Bench;

/// <summary>Whether two samples could be of one distribution: the test of Mann and Whitney, by its normal approximation, which is good from twenty of each on.</summary>
internal static class TwoSamples
{
    /// <summary>How probable a difference as large as this one is, or larger, if there is none.</summary>
    public static double P(List<double> one, List<double> other)
    {
        var all = one.Select(value => (Value: value, IsOne: true)).Concat(other.Select(value => (Value: value, IsOne: false))).OrderBy(each => each.Value).ToArray();
        double ranks = 0, ties = 0;
        for (var begin = 0; begin < all.Length;)
        {
            var end = begin;
            while (end < all.Length && all[end].Value == all[begin].Value) end++;
            double equal = end - begin;
            var rank = (begin + 1 + end) / 2.0; // those that are equal share the ranks they take up
            ranks += rank * all[begin..end].Count(each => each.IsOne);
            ties += (equal * equal * equal) - equal;
            begin = end;
        }

        double n = one.Count, m = other.Count, both = n + m;
        var u = ranks - (n * (n + 1) / 2);
        var deviation = Math.Sqrt(n * m / 12 * (both + 1 - (ties / (both * (both - 1)))));
        return Tail(Math.Max(0, Math.Abs(u - (n * m / 2)) - 0.5) / deviation);
    }

    /// <summary>The value in the middle.</summary>
    public static double Median(List<double> sample) => sample.Order().ElementAt(sample.Count / 2);

    /// <summary>What lies beyond ±z under the normal distribution (Abramowitz and Stegun 7.1.26, to seven digits).</summary>
    private static double Tail(double z)
    {
        var x = z / Math.Sqrt(2);
        var t = 1 / (1 + (0.3275911 * x));
        return t * (0.254829592 + (t * (-0.284496736 + (t * (1.421413741 + (t * (-1.453152027 + (t * 1.061405429)))))))) * Math.Exp(-x * x);
    }
}
