using System.Text;
using Credence.Administration;
using Credence.Keys;
using Credence.People;
using Credence.Roles;
using Credence.SecondFactors;
using Credence.SignIn;
using Credence.Storage;
using Credence.Tests.SignIn;
using Credence.Tests.Support;

namespace Credence.Tests.SecondFactors;

/// <summary>How people come by second factors, and lose them (docs/decisions/0044).</summary>
public sealed class AccountFactorsTests
{
    private const string Address = "ada@example.test";

    private static ProveAgain.Shown Password(string password = PeopleInWorld.Password) => new(password, null, "192.0.2.1");

    [Theory, EachEngine]
    public async Task An_app_is_enrolled_by_whoever_signed_in_just_now_or_shows_their_password(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.PersonAsync();
        var caller = (await world.SignInAsync()).Value.ToCaller();
        var enrol = world.Get<EnrolTotp>();
        world.Clock.Advance(PersonSession.Fresh - TimeSpan.FromMilliseconds(1));
        Assert.True((await enrol.BeginAsync(caller, shown: null, World.Ct)).Succeeded);
        world.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(SignInFailures.NotFresh, (await enrol.BeginAsync(caller, shown: null, World.Ct)).Failure);
        Assert.Equal(SignInFailures.InvalidCredentials, (await enrol.BeginAsync(caller, Password("wrong"), World.Ct)).Failure);
        Assert.Equal(SecondFactorFailures.Invalid, (await enrol.BeginAsync(caller, new(null, (FactorProof.Code)FactorProof.Of("000000"), "192.0.2.1"), World.Ct)).Failure);
        Assert.True((await enrol.BeginAsync(caller, Password(), World.Ct)).Succeeded);
        Assert.True((await world.SignInAsync()).Succeeded, "nothing is asked for before the first code");
    }

    [Theory, EachEngine]
    public async Task The_first_code_counts_once_and_brings_ten_codes_to_one_of_many(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        await world.PersonAsync();
        var caller = (await world.SignInAsync()).Value.ToCaller();
        var begun = (await world.Get<EnrolTotp>().BeginAsync(caller, shown: null, World.Ct)).Value;
        var code = Totp.CodeOf(FactorsInWorld.Read(begun.Secret), Totp.StepAt(world.Now));
        var answers = await World.AllAtOnceAsync(24, number => (number % 2 == 0 ? world : node).Get<EnrolTotp>().ConfirmAsync(caller, code, World.Ct));
        Assert.Equal(RecoveryCodes.Count, Assert.Single(answers, answer => answer.Succeeded).Value.Codes.Distinct().Count());
        Assert.All(answers.Where(answer => !answer.Succeeded), answer => Assert.Equal(SecondFactorFailures.NothingBegun, answer.Failure));
        Assert.Equal((10, 1), ((await PersonFactors.OfAsync(world.Db, caller.Person, World.Ct)).RecoveryCodes, await world.AuditedAsync("person.totp_added")));

        var step = (SecondStep)(await world.BeginSignInAsync()).Value;
        Assert.Equal(SecondFactorFailures.Invalid, (await world.FinishAsync(step, FactorProof.Of(code))).Failure);
    }

    [Theory, EachEngine]
    public async Task A_new_secret_waits_a_quarter_of_an_hour_and_the_one_before_it_is_forgotten(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.PersonAsync();
        var caller = (await world.SignInAsync()).Value.ToCaller();
        var enrol = world.Get<EnrolTotp>();
        var first = FactorsInWorld.Read((await enrol.BeginAsync(caller, shown: null, World.Ct)).Value.Secret);
        var second = FactorsInWorld.Read((await enrol.BeginAsync(caller, shown: null, World.Ct)).Value.Secret);
        Assert.Equal(SecondFactorFailures.NotConfirmed, (await enrol.ConfirmAsync(caller, Code(first), World.Ct)).Failure);
        world.Clock.Advance(TotpSecret.Wait);
        Assert.Equal(SecondFactorFailures.NothingBegun, (await enrol.ConfirmAsync(caller, Code(second), World.Ct)).Failure);
        Assert.Null(await enrol.WaitingAsync(caller.Person, World.Ct));

        string Code(byte[] secret) => Totp.CodeOf(secret, Totp.StepAt(world.Now));
    }

    [Theory, EachEngine]
    public async Task Nothing_that_signs_in_is_in_the_database(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var ada = await world.CarefulAsync();
        var step = await ada.BeginAsync();
        string[] marks = [Convert.ToHexString(ada.Secret), Convert.ToBase64String(ada.Secret), Encoding.Latin1.GetString(ada.Secret), ada.Codes[0], ada.Codes[0].Replace("-", "", StringComparison.Ordinal), step.Token];
        Assert.Empty(await AllRows.MentioningAsync(world.Url, marks));
    }

    [Theory, EachEngine]
    public async Task Turning_it_off_takes_password_or_code_and_what_was_shown_is_spent(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var ada = await world.CarefulAsync();
        await VerifyAddressAsync(world, ada.Person);
        var remove = world.Get<RemoveFactor>();
        Assert.Equal(SignInFailures.InvalidCredentials, (await remove.RunAsync(ada.Caller, SecondFactor.Totp, Password("wrong"), World.Ct)).Failure);
        Assert.Equal(SecondFactorFailures.NotThere, (await remove.RunAsync(ada.Caller, SecondFactor.Passkey, ada.Shown, World.Ct)).Failure);

        var used = ada.Shown;
        Assert.Equal(10, (await world.Get<RenewRecoveryCodes>().RunAsync(ada.Caller, used, World.Ct)).Value.Codes.Count);
        Assert.Equal(SecondFactorFailures.Invalid, (await remove.RunAsync(ada.Caller, SecondFactor.Totp, used, World.Ct)).Failure);
        Assert.Equal(SecondFactorFailures.Invalid, (await remove.RunAsync(ada.Caller, SecondFactor.Totp, new(null, (FactorProof.Code)FactorProof.Of(ada.Codes[0]), "192.0.2.1"), World.Ct)).Failure);
        ada.Wait();
        var answers = await World.AllAtOnceAsync(20, _ => remove.RunAsync(ada.Caller, SecondFactor.Totp, Password(), World.Ct));
        Assert.Single(answers, answer => answer.Succeeded);
        Assert.Equal(new PersonFactors(null, null, 0, 0), await PersonFactors.OfAsync(world.Db, ada.Person, World.Ct));
        Assert.Equal((1, 1), (await world.AuditedAsync("person.totp_removed"), await QueuedAsync(world, PersonNotices.SecondFactorRemoved)));
        Assert.Equal(1, await QueuedAsync(world, PersonNotices.RecoveryCodesMade));
        Assert.True((await world.SignInAsync()).Succeeded);
    }

    [Theory, EachEngine]
    public async Task Its_owner_is_told_when_a_recovery_code_signs_in_and_when_somebody_has_the_password_alone(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var ada = await world.CarefulAsync();
        await VerifyAddressAsync(world, ada.Person);
        Assert.True((await ada.FinishAsync(await ada.BeginAsync(), FactorProof.Of(ada.Codes[0]))).Succeeded);
        Assert.Equal((1, 0), (await QueuedAsync(world, PersonNotices.RecoveryCodeUsed), await QueuedAsync(world, PersonNotices.SecondFactorRefused)));
        var step = await ada.BeginAsync();
        await World.AllAtOnceAsync(20, number => ada.FinishAsync(step, FactorProof.Of(ada.Codes[0]), $"192.0.2.{number}"));
        Assert.Equal((1, 1), (await QueuedAsync(world, PersonNotices.RecoveryCodeUsed), await QueuedAsync(world, PersonNotices.SecondFactorRefused)));
    }

    [Theory, EachEngine]
    public async Task A_passkey_answers_for_the_one_sign_in_it_was_asked_in(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var person = await world.PersonAsync();
        var tokens = (await world.SignInAsync()).Value;
        using var device = new SoftAuthenticator();
        var signed = (await world.Get<FindBrowserSession>().RunAsync(tokens.RefreshToken, World.Ct))!;
        Assert.Equal(SecondFactorFailures.NoPasskey, (await world.Get<AskForPasskey>().RunAsync(tokens.ToCaller(), null, World.Ct)).Failure);
        var making = (await world.Get<AccountPasskeys>().BeginAsync(signed, tokens.ToCaller(), World.Ct)).Value;
        var passkey = (await world.Get<AccountPasskeys>().FinishAsync(tokens.ToCaller(), making.Challenge.Id, device.Made(making), "Phone", World.Ct)).Value;
        Assert.True((await world.SignInAsync()).Succeeded, "a passkey alone changes nothing for the password");
        Assert.Equal(10, (await world.Get<AskForPasskey>().RunAsync(tokens.ToCaller(), null, World.Ct)).Value.Codes.Count);

        var (one, other) = (await BeginAsync(), await BeginAsync());
        Assert.Equal([SecondFactor.Passkey, SecondFactor.RecoveryCode], one.Ways);
        var asked = (await world.Get<FinishSignIn>().AskPasskeyAsync(one.Token, World.Ct)).Value;
        Assert.Equal(SecondFactorFailures.Invalid, (await world.FinishAsync(other, new FactorProof.Passkey(asked.Challenge.Id, device.Used(asked, count: 1)))).Failure);
        asked = (await world.Get<FinishSignIn>().AskPasskeyAsync(one.Token, World.Ct)).Value;
        var answer = new FactorProof.Passkey(asked.Challenge.Id, device.Used(asked, count: 2));
        var all = await World.AllAtOnceAsync(20, number => world.FinishAsync(one, answer, $"192.0.2.{number}"));
        var session = Assert.Single(all, each => each.Succeeded).Value;
        Assert.Equal(Authentication.PhishingResistant, session.Claims.How!.Worth);

        Assert.True((await world.Get<AccountPasskeys>().RemoveAsync(signed, tokens.ToCaller(), passkey.Id, World.Ct)).Succeeded);
        Assert.True((await world.SignInAsync()).Succeeded, "whoever has no passkey left could not show one");
        Assert.Equal(person, session.Claims.Person);

        async Task<SecondStep> BeginAsync() => (SecondStep)(await world.BeginSignInAsync()).Value;
    }

    [Theory, EachEngine]
    public async Task A_deleted_account_leaves_no_factor_and_an_administrator_helps_another(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (ada, bob) = (await world.CarefulAsync(), await world.CarefulAsync("bob1"));
        var admin = await world.WithRolesAsync("root", Role.SuperAdmin);
        Assert.Equal(RoleFailures.Forbidden, (await world.Get<ResetFactors>().RunAsync(ada.Caller, ada.Person, World.Ct)).Failure);
        Assert.Equal(RoleFailures.Outranked, (await world.Get<ResetFactors>().RunAsync(ada.Caller, admin.Person, World.Ct)).Failure);
        Assert.True((await world.Get<ResetFactors>().RunAsync(admin, bob.Person, World.Ct)).Value);
        Assert.True((await world.SignInAsync("bob1")).Succeeded);
        Assert.Equal(1, await world.AuditedAsync("person.second_factors_reset", bob.Person.ToString()));
        await world.DeleteAsync(ada.Person);
        Assert.Equal(0, await world.CountAsync($"select (select count(*) from person_totp) + (select count(*) from person_recovery_codes) as n"));
    }

    [Theory, EachEngine]
    public async Task A_new_data_key_takes_the_secrets_over(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var ada = await world.CarefulAsync();
        var (first, second) = (EnvelopeKey.Data(Convert.FromHexString(TestKeys.DataKey)), EnvelopeKey.Data([.. Enumerable.Repeat((byte)7, 32)]));
        await new RenewTotpSecrets(world.Db, new TotpBox(new Envelope(second, first))).RunAsync(World.Ct);
        var secret = (await TotpStore.FindAsync(world.Db, ada.Person, World.Ct))!;
        Assert.Equal(Totp.StepAt(world.Now), new TotpBox(new Envelope(second)).Match(secret, ada.Code, world.Now));
        Assert.Null(new TotpBox(new Envelope(first)).Match(secret, ada.Code, world.Now));
    }

    private static Task<long> QueuedAsync(World world, string template) => world.CountAsync($"select count(*) as n from messages where template = {template}");

    private static async Task VerifyAddressAsync(World world, PersonId person)
    {
        await using var tx = await world.Db.BeginAsync(World.Ct);
        await PersonStore.AddAsync(tx, PersonIdentifier.New(person, IdentifierScheme.Email, Address, world.Now, verified: true), world.Now, World.Ct);
        await tx.CommitAsync();
    }
}
