using Credence.State;

namespace Credence.SignIn;

/// <summary>
/// After five wrong passwords in a row the next attempt waits a second, then two, four, and so on (contract forward-auth FA-2): for each account, and for each address.
/// It slows a guesser down; what bounds one, also while the shared state is away, is <see cref="FailedAttempts"/>.
/// </summary>
public sealed class GrowingDelays(ISharedState state, SignInOptions options)
{
    private const int Free = 5;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(15);

    /// <summary>How long the next attempt has to wait; null when it may be made.</summary>
    public async ValueTask<TimeSpan?> LeftAsync(string account, string address, DateTimeOffset now, CancellationToken ct)
    {
        if (options.Failures is null) return null;
        var (one, other) = (await state.LeftAsync(DelayKey(account), now, ct), await state.LeftAsync(DelayKey(address), now, ct));
        var left = new[] { one.Left, other.Left }.Max();
        return left > TimeSpan.Zero ? left : null;
    }

    /// <summary>An attempt was wrong.</summary>
    public async ValueTask FailAsync(string account, string address, DateTimeOffset now, CancellationToken ct)
    {
        if (options.Failures is null) return;
        foreach (var name in new[] { account, address })
        {
            var counted = await state.CountAsync(new SharedCount(RowKey(name), now + Remembered), 1, long.MaxValue / 2, known: 0, now, ct);
            if (counted.Outcome != CountOutcome.Counted || counted.Count < Free) continue;
            var delay = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(counted.Count - Free, 10)));
            await state.ClaimAsync(DelayKey(name), delay < Remembered ? delay : Remembered, now, ct);
        }
    }

    /// <summary>The account's owner came: their row of failures is over. That of the address goes on: it may have guessed at others.</summary>
    public async ValueTask EndAsync(string account, DateTimeOffset now, CancellationToken ct)
    {
        if (options.Failures is not null) await state.ForgetAsync(RowKey(account), now, ct);
    }

    private static string RowKey(string name) => $"signin:row:{Secret.Hash(name)[..32]}";

    private static string DelayKey(string name) => $"signin:delay:{Secret.Hash(name)[..32]}";
}
