using System.Runtime.InteropServices;
using Credence.State;
using Credence.Telemetry;

namespace Credence.OneTimeCodes;

/// <summary>Whether a request for a code is admitted, and for how long not.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Admission(CodeRequestResult Result, TimeSpan Wait);

/// <summary>
/// What a request for a code passes: lock, cooldown, the day's quota, in this order. Each is one step on one key; whoever dies between two of them
/// leaves at worst a cooldown behind, or one request counted that made no code, and never an extra guess (decision 0039).
/// </summary>
internal static class CodeGates
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Whether a request is admitted; it is counted then.</summary>
    public static async Task<Admission> AdmitAsync(ISharedState state, CodeKeys keys, CodeRules rules, DateTimeOffset now, CancellationToken ct)
    {
        var locked = await state.LeftAsync(keys.Lock, now, ct);
        if (!locked.Known) return new Admission(CodeRequestResult.Unavailable, default);
        if (locked.Left is { } shut) return new Admission(CodeRequestResult.Locked, Wait(shut, rules.Lock));

        var cooling = await state.ClaimAsync(keys.Cooldown, rules.Cooldown, now, ct);
        if (!cooling.Known) return new Admission(CodeRequestResult.Unavailable, default);
        if (cooling.Left is { } soon) return new Admission(CodeRequestResult.Cooldown, Wait(soon, rules.Cooldown));

        var counted = await state.CountAsync(new SharedCount(keys.Daily, now + Day), 1, rules.DailyLimit, known: 0, now, ct);
        if (counted.Outcome == CountOutcome.Counted) return new Admission(CodeRequestResult.Sent, default);
        if (counted.Outcome != CountOutcome.Full) return new Admission(CodeRequestResult.Unavailable, default);

        await state.ForgetAsync(keys.Cooldown, now, ct); // nothing was sent; the next refusal is to name the day again, not this minute
        var until = await state.LeftAsync(keys.Daily, now, ct);
        return new Admission(CodeRequestResult.Quota, Wait(until.Left ?? Day, Day));
    }

    /// <summary>A wait that can be told: what an operator set by hand may have no end.</summary>
    public static TimeSpan Wait(TimeSpan left, TimeSpan most) => left < most ? left : most;
}
