using Credence.State;

namespace Credence.SignIn;

/// <summary>
/// Counts wrong passwords in a sliding quarter of an hour, for each identifier and each address, on all nodes together (contract identity ID-11). While the shared
/// state is away this process counts alone. An attempt at an identifier is counted before its password is looked at and taken back when that was right, so that many at
/// once are no more than one after the other; those of an address, where many people may be at work, are counted when they failed.
/// </summary>
public sealed class FailedAttempts(ISharedState state, SignInOptions options)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);
    private readonly LocalCounts _standIn = new();

    /// <summary>Lets a password be looked at, where this identifier and this address may try once more.</summary>
    /// <param name="identifier">The sort of identifier and its normalised value.</param>
    /// <param name="address">Whence; of IPv6 the network.</param>
    /// <param name="now">When.</param>
    /// <param name="verify">Whether the password is right.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>Null when it was right; else why it goes no further.</returns>
    public async Task<Failure?> GuardAsync(string identifier, string address, DateTimeOffset now, Func<Task<Result<bool>>> verify, CancellationToken ct)
    {
        if (await BeginAsync(identifier, address, now, ct) is { } wait) return SignInFailures.TooMany(wait);
        var verified = await verify();
        if (!verified.Succeeded || verified.Value) await TakeBackAsync(identifier, now, ct);
        if (!verified.Succeeded) return verified.Failure;
        if (verified.Value) return null;
        await FailAsync(address, now, ct);
        return SignInFailures.InvalidCredentials;
    }

    /// <summary>The password was right, and whoever showed it must not know that it was: this counts like a wrong one.</summary>
    public async ValueTask FailAsync(string identifier, string address, DateTimeOffset now, CancellationToken ct)
    {
        await BeginAsync(identifier, address, now, ct);
        await FailAsync(address, now, ct);
    }

    /// <returns>Null when it may go on; else how long to wait.</returns>
    private async ValueTask<TimeSpan?> BeginAsync(string identifier, string address, DateTimeOffset now, CancellationToken ct)
    {
        if (options.Failures is not { } most) return null;
        var spot = Spot.At(now);
        var failed = await OfAsync(spot.Key(AddressKey(address)), now, ct) + await CarriedAsync(AddressKey(address), spot, now, ct);
        if (failed >= most) return spot.Left(now);
        var carried = await CarriedAsync(IdentifierKey(identifier), spot, now, ct);
        return await CountAsync(spot.Key(IdentifierKey(identifier)), spot.Until, most - carried, now, ct) ? null : spot.Left(now);
    }

    /// <summary>The attempt was not wrong, or was never made.</summary>
    private async ValueTask TakeBackAsync(string identifier, DateTimeOffset now, CancellationToken ct)
    {
        if (options.Failures is null) return;
        var key = Spot.At(now).Key(IdentifierKey(identifier));
        _standIn.Uncount(key, now);
        await state.UncountAsync(key, now, ct);
    }

    /// <summary>The attempt was wrong: that counts for its address too.</summary>
    private async ValueTask FailAsync(string address, DateTimeOffset now, CancellationToken ct)
    {
        if (options.Failures is null) return;
        var spot = Spot.At(now);
        await CountAsync(spot.Key(AddressKey(address)), spot.Until, long.MaxValue / 2, now, ct);
    }

    /// <summary>Keys of shared state are for operators to look at, and say no more of people than they must.</summary>
    private static string IdentifierKey(string identifier) => $"signin:failed:identifier:{Secret.Hash(identifier)[..32]}";

    private static string AddressKey(string address) => $"signin:failed:address:{address}";

    private async ValueTask<long> CarriedAsync(string key, Spot spot, DateTimeOffset now, CancellationToken ct) =>
        (long)(await OfAsync(spot.Before.Key(key), now, ct) * spot.ShareLeft(now));

    private async ValueTask<long> OfAsync(string key, DateTimeOffset now, CancellationToken ct) =>
        Math.Max(await state.CountOfAsync(key, now, ct) ?? 0, _standIn.Of(key, now) ?? 0);

    private async ValueTask<bool> CountAsync(string key, DateTimeOffset until, long most, DateTimeOffset now, CancellationToken ct)
    {
        var what = new SharedCount(key, until);
        var counted = await state.CountAsync(what, 1, most, known: 0, now, ct);
        if (counted.Outcome == CountOutcome.Away) counted = _standIn.Count(what, 1, most, known: 0, now);
        return counted.Outcome == CountOutcome.Counted;
    }

    /// <summary>A quarter of an hour of the wall clock.</summary>
    private readonly record struct Spot(long Number)
    {
        public static Spot At(DateTimeOffset now) => new(now.ToUnixTimeMilliseconds() / (long)Window.TotalMilliseconds);

        public Spot Before => new(Number - 1);

        /// <summary>It counts once more while the next one lasts.</summary>
        public DateTimeOffset Until => End + Window;

        private DateTimeOffset End => DateTimeOffset.FromUnixTimeMilliseconds((Number + 1) * (long)Window.TotalMilliseconds);

        public string Key(string of) => $"{of}:{Number}";

        public TimeSpan Left(DateTimeOffset now) => End - now;

        public double ShareLeft(DateTimeOffset now) => Left(now) / Window;
    }
}
