namespace Credence.Policies;

/// <summary>A time on a clock's face, to the minute: <c>00:00</c> to <c>24:00</c>, the last of which is the end of the day.</summary>
/// <param name="Minute">Minutes since midnight.</param>
public readonly record struct TimeOfDay(int Minute)
{
    private const int EndOfDay = 24 * 60;

    /// <summary>Reads <c>HH:MM</c>; null for any other text.</summary>
    public static TimeOfDay? Find(string? text)
    {
        if (text is not [var tens, var ones, ':', var tenMinutes, var minutes]) return null;
        if (!char.IsAsciiDigit(tens) || !char.IsAsciiDigit(ones) || !char.IsAsciiDigit(tenMinutes) || !char.IsAsciiDigit(minutes)) return null;
        if (tenMinutes > '5') return null;
        var time = new TimeOfDay((((tens - '0') * 10) + ones - '0') * 60 + ((tenMinutes - '0') * 10) + minutes - '0');
        return time.Minute <= EndOfDay ? time : null;
    }

    /// <summary><c>HH:MM</c>.</summary>
    public override string ToString() => $"{Minute / 60:00}:{Minute % 60:00}";
}
