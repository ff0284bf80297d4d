using Credence.Telemetry;
using Credence.Tests.State;
using FsCheck;
using FsCheck.Fluent;

namespace Credence.Tests.OneTimeCodes;

/// <summary>Whatever is done to an identifier in whatever order, the answers are those of the contract's rules written down plainly.</summary>
public sealed class CodeModelTests
{
    private enum Act
    {
        Request,
        RequestForNobody,
        SendRight,
        SendWrong,
        SendOldSession,
        Unlock,
        EndCooldown,
        Refund,
        Wait,
    }

    [Fact]
    public void In_process_with_a_clock() =>
        Prop.ForAll(Stories(withTime: true).ToArbitrary(), story => AgreesAsync(StateKind.Embedded, story)).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Fact]
    public void On_Redis_while_time_stands_still() =>
        Prop.ForAll(Stories(withTime: false).ToArbitrary(), story => AgreesAsync(StateKind.Redis, story)).Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    /// <summary>Wrong codes and requests come often, so that locks and quotas come about.</summary>
    private static Gen<(Act Act, int Seconds)[]> Stories(bool withTime) =>
        (from act in Gen.Frequency(
            (8, Gen.Elements(Act.SendWrong)),
            (4, Gen.Elements(Act.Request, Act.EndCooldown)),
            (3, Gen.Elements(Act.RequestForNobody, Act.SendRight, Act.SendOldSession, Act.Unlock, Act.Refund)),
            (withTime ? 4 : 0, Gen.Constant(Act.Wait)))
         from seconds in Gen.Elements(1, 59, 60, 61, 299, 600, 899, 900, 43_200)
         select (act, seconds)).ArrayOf(60);

    private static async Task AgreesAsync(StateKind kind, (Act Act, int Seconds)[] story)
    {
        await using var node = await CodeNode.OpenAsync(kind);
        var (someone, model, exact) = (CodeNode.Someone(), new Model(), kind == StateKind.Embedded);
        CodeNode.Waiting? current = null, old = null;
        foreach (var (act, seconds) in story)
        {
            switch (act)
            {
                case Act.Request or Act.RequestForNobody:
                    var requested = await node.RequestAsync(someone, known: act == Act.Request);
                    Same(model.Request(act == Act.Request), requested.Failure, exact);
                    if (requested.Succeeded) (old, current) = (current, requested.Value);
                    break;
                case Act.SendRight or Act.SendWrong when current is not null:
                    var code = act == Act.SendRight && current.Code is { } right ? right : CodeNode.Wrong(current.Code);
                    Same(model.Verify(act == Act.SendRight && current.Code is not null), (await node.VerifyAsync(current.SessionToken, code)).Failure, exact);
                    break;
                case Act.SendOldSession when old is not null:
                    Same(model.VerifyOld(), (await node.VerifyAsync(old.SessionToken, current!.Code ?? "000000")).Failure, exact);
                    break;
                case Act.Unlock:
                    Assert.Equal(model.Unlock(), (await node.Release.UnlockAsync(CodeNamespace.VerifyEmail, someone, CodeNode.Ct)).Value);
                    break;
                case Act.EndCooldown:
                    model.EndCooldown();
                    await node.State.ForgetAsync($"verify-email:cooldown:{someone}", node.Clock.GetUtcNow(), CodeNode.Ct);
                    break;
                case Act.Refund:
                    model.Refund();
                    await node.Release.RefundAsync(CodeNamespace.VerifyEmail, someone, CodeNode.Ct);
                    break;
                case Act.Wait:
                    model.Now += seconds;
                    node.Clock.Advance(TimeSpan.FromSeconds(seconds));
                    break;
            }
        }
    }

    private static void Same((string Code, int Wait)? expected, Failure? actual, bool exact)
    {
        Assert.Equal(expected?.Code, actual?.Code);
        if (exact) Assert.Equal(expected?.Wait ?? 0, (int)(actual?.RetryAfter ?? TimeSpan.Zero).TotalSeconds);
    }

    /// <summary>The rules, for one identifier, with a clock of whole seconds.</summary>
    private sealed class Model
    {
        private int _lockedUntil, _coolUntil, _dayUntil, _requests, _codeUntil, _wrong;
        private bool _canBeRight;

        public int Now { get; set; } = 1;

        public (string Code, int Wait)? Request(bool forSomebody)
        {
            if (Now < _lockedUntil) return ("otp.locked", _lockedUntil - Now);
            if (Now < _coolUntil) return ("otp.cooldown", _coolUntil - Now);
            if (Now >= _dayUntil) (_dayUntil, _requests) = (Now + 86_400, 0);
            if (_requests >= 10) return ("otp.daily_limit", _dayUntil - Now);
            (_requests, _coolUntil, _codeUntil, _wrong, _canBeRight) = (_requests + 1, Now + 60, Now + 600, 0, forSomebody);
            return null;
        }

        public (string Code, int Wait)? Verify(bool right)
        {
            if (Now < _lockedUntil) return ("otp.locked", _lockedUntil - Now);
            if (Now >= _codeUntil) return ("otp.invalid", 0);
            if (right && _canBeRight)
            {
                _codeUntil = 0;
                return null;
            }

            if (++_wrong == 5) (_codeUntil, _lockedUntil) = (0, Now + 900);
            return ("otp.invalid", 0);
        }

        public (string Code, int Wait)? VerifyOld() => Now < _lockedUntil ? ("otp.locked", _lockedUntil - Now) : ("otp.invalid", 0);

        public bool Unlock()
        {
            var was = Now < _lockedUntil;
            _lockedUntil = 0;
            return was;
        }

        public void EndCooldown() => _coolUntil = 0;

        public void Refund()
        {
            if (Now < _dayUntil && _requests > 0) _requests--;
        }
    }
}
