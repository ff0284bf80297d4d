using Credence.OneTimeCodes;
using Credence.State;
using Credence.Telemetry;
using Credence.Tests.State;
using Credence.Tests.Support;

namespace Credence.Tests.OneTimeCodes;

/// <summary>The life of a code (contract identity B.6), in process and on Redis.</summary>
public sealed class CodeLifeTests
{
    private readonly string _someone = CodeNode.Someone();

    [Theory, EachState]
    public async Task The_right_code_is_taken_once(StateKind kind)
    {
        await using var node = await CodeNode.OpenAsync(kind);

        var requested = await node.RequestedAsync(_someone);
        Assert.Matches("^[0-9]{6}$", requested.Code);
        Assert.Equal(node.Clock.GetUtcNow().AddSeconds(600), requested.ExpiresAt);

        var verified = await node.VerifyAsync(requested.SessionToken, requested.Code!);
        Assert.Equal(new VerifiedCode(_someone, new CodeRecipient("42", _someone)), verified.Value);
        Assert.Equal("otp.invalid", (await node.VerifyAsync(requested.SessionToken, requested.Code!)).Failure?.Code);
    }

    [Theory, EachState]
    public async Task The_right_code_of_fifty_callers_is_taken_by_one(StateKind kind)
    {
        await using var node = await CodeNode.OpenAsync(kind);
        await using var other = await OtherAsync(node, kind);
        var requested = await node.RequestedAsync(_someone);

        var verified = await World.AllAtOnceAsync(50, number => (number % 2 == 0 ? node : other).VerifyAsync(requested.SessionToken, requested.Code!));

        Assert.Single(verified, each => each.Succeeded);
    }

    [Theory, EachState]
    public async Task Of_fifty_guesses_at_once_over_two_nodes_exactly_five_are_counted(StateKind kind)
    {
        await using var node = await CodeNode.OpenAsync(kind);
        await using var other = await OtherAsync(node, kind);
        var requested = await node.RequestedAsync(_someone);
        var wrong = CodeRecord.Guess("not its hash", requested.SessionToken, attempts: 5);

        var answers = await World.AllAtOnceAsync(50, async number =>
            (await (number % 2 == 0 ? node : other).State.GuessAsync($"verify-email:otp:{_someone}", wrong, node.Clock.GetUtcNow(), CodeNode.Ct)).Outcome);

        Assert.Equal(4, answers.Count(outcome => outcome == GuessOutcome.Wrong));
        Assert.Single(answers, outcome => outcome == GuessOutcome.Last);
        Assert.Equal(45, answers.Count(outcome => outcome == GuessOutcome.None));
        Assert.Equal("otp.invalid", (await node.VerifyAsync(requested.SessionToken, requested.Code!)).Failure?.Code);
    }

    [Theory, EachState]
    public async Task After_fifty_wrong_codes_at_once_it_is_shut_and_the_right_one_refused(StateKind kind)
    {
        await using var node = await CodeNode.OpenAsync(kind);
        await using var other = await OtherAsync(node, kind);
        var requested = await node.RequestedAsync(_someone);

        var refused = await World.AllAtOnceAsync(50, number =>
            (number % 2 == 0 ? node : other).VerifyAsync(requested.SessionToken, CodeNode.Wrong(requested.Code)));
        Assert.All(refused, each => Assert.True(each.Failure?.Code is "otp.invalid" or "otp.locked", each.Failure?.Code));

        var right = await other.VerifyAsync(requested.SessionToken, requested.Code!);
        Assert.Equal((FailureKind.Locked, "otp.locked"), (right.Failure!.Kind, right.Failure.Code));
        Assert.InRange(right.Failure.RetryAfter!.Value, TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(900));
        Assert.Equal("otp.locked", (await node.RequestAsync(_someone)).Failure?.Code);
    }

    [Theory, EachState]
    public async Task Four_wrong_codes_leave_room_for_the_right_one(StateKind kind)
    {
        await using var node = await CodeNode.OpenAsync(kind);
        var requested = await node.RequestedAsync(_someone);

        for (var guess = 0; guess < 4; guess++) await node.VerifyAsync(requested.SessionToken, CodeNode.Wrong(requested.Code));

        Assert.True((await node.VerifyAsync(requested.SessionToken, requested.Code!)).Succeeded);
    }

    [Theory, EachState]
    public async Task The_last_wrong_code_destroys_the_right_one_even_where_the_lock_is_lost(StateKind kind)
    {
        await using var node = await CodeNode.OpenAsync(kind);
        var requested = await node.RequestedAsync(_someone);
        await node.ShutAsync(requested);

        Assert.True((await node.Release.UnlockAsync(CodeNamespace.VerifyEmail, _someone, CodeNode.Ct)).Value);

        Assert.Equal("otp.invalid", (await node.VerifyAsync(requested.SessionToken, requested.Code!)).Failure?.Code);
    }

    [Theory, EachState]
    public async Task Deleting_the_lock_alone_opens_it_again(StateKind kind)
    {
        await using var node = await CodeNode.OpenAsync(kind);
        await node.ShutAsync(await node.RequestedAsync(_someone));
        await node.State.ForgetAsync($"verify-email:cooldown:{_someone}", node.Clock.GetUtcNow(), CodeNode.Ct); // a minute later
        Assert.Equal("otp.locked", (await node.RequestAsync(_someone)).Failure?.Code);

        Assert.True(await node.State.ForgetAsync($"verify-email:lock:{_someone}", node.Clock.GetUtcNow(), CodeNode.Ct));

        var again = await node.RequestedAsync(_someone);
        Assert.True((await node.VerifyAsync(again.SessionToken, again.Code!)).Succeeded);
    }

    [Theory, EachState]
    public async Task Of_fifty_requests_at_once_one_is_admitted(StateKind kind)
    {
        await using var node = await CodeNode.OpenAsync(kind);
        await using var other = await OtherAsync(node, kind);

        var requested = await World.AllAtOnceAsync(50, number => (number % 2 == 0 ? node : other).RequestAsync(_someone));

        Assert.Single(requested, each => each.Succeeded);
        Assert.All(requested.Where(each => !each.Succeeded), each => Assert.Equal("otp.cooldown", each.Failure!.Code));
        Assert.Equal(1, await node.State.CountOfAsync($"verify-email:daily:{_someone}", node.Clock.GetUtcNow(), CodeNode.Ct));
    }

    [Theory, EachState]
    public async Task The_eleventh_request_of_a_day_is_refused_until_one_is_given_back(StateKind kind)
    {
        await using var node = await CodeNode.OpenAsync(kind);
        for (var request = 0; request < 10; request++)
        {
            await node.RequestedAsync(_someone);
            await node.State.ForgetAsync($"verify-email:cooldown:{_someone}", node.Clock.GetUtcNow(), CodeNode.Ct);
        }

        for (var again = 0; again < 2; again++)
        {
            var refused = await node.RequestAsync(_someone);
            Assert.Equal((FailureKind.TooMany, "otp.daily_limit"), (refused.Failure!.Kind, refused.Failure.Code));
            Assert.InRange(refused.Failure.RetryAfter!.Value, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        }

        await node.Release.RefundAsync(CodeNamespace.VerifyEmail, _someone, CodeNode.Ct);
        Assert.True((await node.RequestAsync(_someone)).Succeeded);
    }

    [Theory, EachState]
    public async Task An_identifier_that_nobody_has_is_treated_alike_and_no_code_is_right_for_it(StateKind kind)
    {
        await using var node = await CodeNode.OpenAsync(kind);
        var known = CodeNode.Someone();
        var (nobodys, somebodys) = (await node.RequestedAsync(_someone, known: false), await node.RequestedAsync(known));

        Assert.Null(nobodys.Code);
        Assert.Equal(somebodys.SessionToken.Length, nobodys.SessionToken.Length);
        Assert.Equal(somebodys.ExpiresAt, nobodys.ExpiresAt);
        Assert.Equal("otp.cooldown", (await node.RequestAsync(_someone, known: false)).Failure?.Code);
        await node.ShutAsync(nobodys);
        Assert.Equal("otp.locked", (await node.VerifyAsync(nobodys.SessionToken, "000000")).Failure?.Code);
        Assert.Equal("otp.locked", (await node.RequestAsync(_someone, known: false)).Failure?.Code);
    }

    [Theory, EachState]
    public async Task A_code_is_made_for_the_session_that_waits_now_and_guesses_before_it_count(StateKind kind)
    {
        await using var node = await CodeNode.OpenAsync(kind);
        var before = await node.RequestedAsync(_someone, known: false);
        await node.State.ForgetAsync($"verify-email:cooldown:{_someone}", node.Clock.GetUtcNow(), CodeNode.Ct);
        var requested = await node.RequestedAsync(_someone, known: false);
        for (var guess = 0; guess < 3; guess++) await node.VerifyAsync(requested.SessionToken, "000000");

        Assert.Equal("otp.invalid", (await node.MakeAsync(before.SessionToken, _someone)).Failure?.Code);
        Assert.Equal("otp.invalid", (await node.MakeAsync("v1.x.AAAA", _someone)).Failure?.Code);
        Assert.Equal("otp.invalid", (await node.MakeAsync(requested.SessionToken, _someone, CodeNamespace.PhoneAuth)).Failure?.Code);
        var first = (await node.MakeAsync(requested.SessionToken, _someone)).Value;
        var code = (await node.MakeAsync(requested.SessionToken, "elsewhere@example.com")).Value;
        if (first != code) Assert.Equal("otp.invalid", (await node.VerifyAsync(requested.SessionToken, first)).Failure?.Code); // the fourth wrong one
        Assert.Equal(new CodeRecipient("42", "elsewhere@example.com"), (await node.VerifyAsync(requested.SessionToken, code)).Value.Recipient);
        Assert.Equal("otp.invalid", (await node.MakeAsync(requested.SessionToken, _someone)).Failure?.Code);
        Assert.Equal("otp.invalid", (await node.VerifyAsync(requested.SessionToken, code)).Failure?.Code);
    }

    [Theory, EachState]
    public async Task Guesses_before_the_code_is_made_lock_as_well(StateKind kind)
    {
        await using var node = await CodeNode.OpenAsync(kind);
        var requested = await node.RequestedAsync(_someone, known: false);
        for (var guess = 0; guess < 5; guess++) await node.VerifyAsync(requested.SessionToken, "000000");

        Assert.Equal("otp.invalid", (await node.MakeAsync(requested.SessionToken, _someone)).Failure?.Code);
        Assert.Equal("otp.locked", (await node.VerifyAsync(requested.SessionToken, "000000")).Failure?.Code);
    }

    [Theory, EachState]
    public async Task A_session_that_waits_for_another_code_does_nothing_and_costs_nothing(StateKind kind)
    {
        await using var node = await CodeNode.OpenAsync(kind);
        var before = await node.RequestedAsync(_someone);
        await node.State.ForgetAsync($"verify-email:cooldown:{_someone}", node.Clock.GetUtcNow(), CodeNode.Ct);
        var requested = await node.RequestedAsync(_someone);
        var elsewhere = await node.RequestedAsync(CodeNode.Someone());

        foreach (var token in new[] { before.SessionToken, elsewhere.SessionToken, "", "v1", "v1.x.AAAA", requested.SessionToken[..^4] })
        {
            for (var guess = 0; guess < 6; guess++) Assert.False((await node.VerifyAsync(token, requested.Code!)).Succeeded);
        }

        Assert.Equal("otp.invalid", (await node.VerifyAsync(requested.SessionToken, requested.Code!, CodeNamespace.PhoneAuth)).Failure?.Code);
        Assert.True((await node.VerifyAsync(requested.SessionToken, requested.Code!)).Succeeded);
    }

    [Theory, EachState]
    public async Task What_was_proven_is_used_once_in_its_own_namespace(StateKind kind)
    {
        await using var node = await CodeNode.OpenAsync(kind);
        var sessions = new CodeSessions(node.State, node.Clock);
        var (token, expiresAt) = (await sessions.OpenAsync(CodeNamespace.ForgotPassword, "42", TimeSpan.FromMinutes(15), CodeNode.Ct)).Value;

        Assert.Equal(node.Clock.GetUtcNow().AddMinutes(15), expiresAt);
        Assert.Equal("otp.invalid", (await sessions.TakeAsync(CodeNamespace.VerifyEmail, token, CodeNode.Ct)).Failure?.Code);
        var taken = await World.AllAtOnceAsync(20, _ => sessions.TakeAsync(CodeNamespace.ForgotPassword, token, CodeNode.Ct));
        Assert.Equal("42", Assert.Single(taken, each => each.Succeeded).Value);
    }

    [Fact]
    public async Task Rules_that_change_hold_at_once()
    {
        await using var node = await CodeNode.OpenAsync(StateKind.Embedded);
        node.Rules = new CodeRules { Attempts = 1, Lock = TimeSpan.FromMinutes(10), DailyLimit = 1, Cooldown = TimeSpan.FromSeconds(1) };
        await node.ShutAsync(await node.RequestedAsync(_someone));

        node.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("otp.daily_limit", (await node.RequestAsync(_someone)).Failure?.Code);
        node.Rules = new CodeRules();
        await node.RequestedAsync(_someone);
    }

    private static async Task<CodeNode> OtherAsync(CodeNode node, StateKind kind) =>
        kind == StateKind.Redis ? await CodeNode.OpenAsync(kind) : new CodeNode(node.State, node.Clock);
}
