using Credence.State;
using Credence.Tests.Support;

namespace Credence.Tests.State;

/// <summary>Claims, and records that are taken by a guess.</summary>
public sealed class SharedRecordTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly Guess Right = new(new("holder", "ada"), new("secret", "sesame"), "tries", 3);
    private static readonly Guess Wrong = Right with { Secret = new("secret", "barley") };

    private readonly string _key = $"test:{Guid.NewGuid():N}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachState]
    public async Task Of_fifty_who_claim_a_key_over_two_nodes_one_gets_it(StateKind kind)
    {
        await using var one = await StateNodes.OpenAsync(kind);
        await using var other = kind == StateKind.Redis ? await StateNodes.OpenAsync(kind) : null;

        var claimed = await World.AllAtOnceAsync(50, async number => await (number % 2 == 0 ? one : other ?? one).ClaimAsync(_key, Minute, Noon, Ct));

        Assert.All(claimed, each => Assert.True(each.Known));
        Assert.Single(claimed, each => each.Left is null);
        Assert.All(claimed.Where(each => each.Left is not null), each => Assert.InRange(each.Left!.Value, Minute / 2, Minute));
    }

    [Theory, EachState]
    public async Task A_claim_ends_with_its_time_or_when_it_is_forgotten(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);
        Assert.Equal(new Lasting(true, null), await state.LeftAsync(_key, Noon, Ct));

        await state.ClaimAsync(_key, TimeSpan.FromMilliseconds(300), Noon, Ct);
        await StateNodes.UntilAsync(async () => (await state.LeftAsync(_key, Noon.AddSeconds(1), Ct)).Left is null);
        Assert.Null((await state.ClaimAsync(_key, Minute, Noon.AddSeconds(1), Ct)).Left);
        Assert.True(await state.ForgetAsync(_key, Noon.AddSeconds(1), Ct));
        Assert.False(await state.ForgetAsync(_key, Noon.AddSeconds(1), Ct));
        Assert.Null((await state.ClaimAsync(_key, Minute, Noon.AddSeconds(1), Ct)).Left);
    }

    [Theory, EachState]
    public async Task A_record_is_taken_by_one_of_fifty_right_guesses(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);
        await KeepAsync(state);

        var guessed = await World.AllAtOnceAsync(50, async _ => await state.GuessAsync(_key, Right, Noon, Ct));

        var fields = Assert.Single(guessed, each => each.Outcome == GuessOutcome.Right).Fields!;
        Assert.Equal(["ada", "sesame"], [fields["holder"], fields["secret"]]);
        Assert.Equal(49, guessed.Count(each => each.Outcome == GuessOutcome.None));
    }

    [Theory, EachState]
    public async Task Wrong_guesses_are_counted_until_the_last_destroys_it_and_another_holders_are_not(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);
        await KeepAsync(state);

        GuessOutcome[] expected = [GuessOutcome.Wrong, GuessOutcome.None, GuessOutcome.Wrong, GuessOutcome.Last, GuessOutcome.None];
        foreach (var (outcome, at) in expected.Select((outcome, at) => (outcome, at)))
        {
            var guess = at == 1 ? Right with { Holder = new("holder", "bob") } : at == 4 ? Right : Wrong;
            Assert.Equal(outcome, (await state.GuessAsync(_key, guess, Noon, Ct)).Outcome);
        }
    }

    [Theory, EachState]
    public async Task A_record_replaces_the_one_before_and_its_count(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);
        await KeepAsync(state);
        await state.GuessAsync(_key, Wrong, Noon, Ct);
        await state.GuessAsync(_key, Wrong, Noon, Ct);

        await KeepAsync(state);

        Assert.Equal(GuessOutcome.Wrong, (await state.GuessAsync(_key, Wrong, Noon, Ct)).Outcome);
        Assert.Equal(GuessOutcome.Right, (await state.GuessAsync(_key, Right, Noon, Ct)).Outcome);
    }

    [Theory, EachState]
    public async Task A_record_is_amended_for_its_holder_alone_and_keeps_count_and_time(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);
        var change = new Dictionary<string, string> { ["secret"] = "tahini", ["shelf"] = "3" };
        Assert.False(await state.AmendAsync(_key, Right.Holder, change, Noon, Ct));
        Assert.Null((await state.LeftAsync(_key, Noon, Ct)).Left);
        await KeepAsync(state);
        await state.GuessAsync(_key, Wrong, Noon, Ct);

        Assert.False(await state.AmendAsync(_key, new("holder", "bob"), change, Noon, Ct));
        Assert.True(await state.AmendAsync(_key, Right.Holder, change, Noon, Ct));

        Assert.InRange((await state.LeftAsync(_key, Noon, Ct)).Left!.Value, TimeSpan.FromSeconds(50), Minute);
        Assert.Equal(GuessOutcome.Wrong, (await state.GuessAsync(_key, Right, Noon, Ct)).Outcome); // the second
        var fields = (await state.GuessAsync(_key, Right with { Secret = new("secret", "tahini") }, Noon, Ct)).Fields!;
        Assert.Equal(("ada", "tahini", "2", "3"), (fields["holder"], fields["secret"], fields["tries"], fields["shelf"]));
    }

    [Theory, EachState]
    public async Task A_record_ends_with_its_time(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);
        await KeepAsync(state, TimeSpan.FromMilliseconds(300));

        await StateNodes.UntilAsync(async () => (await state.LeftAsync(_key, Noon.AddSeconds(1), Ct)).Left is null);

        Assert.Equal(GuessOutcome.None, (await state.GuessAsync(_key, Right, Noon.AddSeconds(1), Ct)).Outcome);
    }

    [Fact]
    public async Task In_process_a_full_store_takes_no_more_and_forgets_nothing_until_its_time()
    {
        await using var state = await StateNodes.OpenAsync(StateKind.Embedded);
        for (var number = 0; number < 100_000; number++) await state.ClaimAsync($"{number}", Minute, Noon, Ct);

        Assert.Equal(default, await state.ClaimAsync(_key, Minute, Noon.AddSeconds(59), Ct));
        Assert.False(await state.RecordAsync(_key, new Dictionary<string, string>(), Minute, Noon.AddSeconds(59), Ct));
        Assert.NotNull((await state.ClaimAsync("0", Minute, Noon.AddSeconds(59), Ct)).Left);

        Assert.Equal(new Lasting(true, null), await state.ClaimAsync(_key, Minute, Noon.AddSeconds(70), Ct));
    }

    [Fact]
    public async Task Without_Redis_it_says_that_it_does_not_know()
    {
        using var server = new RedisServer();
        await using var state = StateNodes.Open(server.Url, answerWithin: TimeSpan.FromSeconds(1));

        Assert.Equal(default, await state.ClaimAsync(_key, Minute, Noon, Ct));
        Assert.Equal(default, await state.LeftAsync(_key, Noon, Ct));
        Assert.Null(await state.ForgetAsync(_key, Noon, Ct));
        Assert.False(await state.RecordAsync(_key, new Dictionary<string, string> { ["holder"] = "ada" }, Minute, Noon, Ct));
        Assert.Null(await state.AmendAsync(_key, Right.Holder, new Dictionary<string, string> { ["secret"] = "tahini" }, Noon, Ct));
        Assert.Equal(GuessOutcome.Away, (await state.GuessAsync(_key, Right, Noon, Ct)).Outcome);
    }

    private async Task KeepAsync(ISharedState state, TimeSpan? life = null) => Assert.True(await state.RecordAsync(
        _key, new Dictionary<string, string> { ["holder"] = "ada", ["secret"] = "sesame", ["tries"] = "0" }, life ?? Minute, Noon, Ct));
}
