using Credence.Gateways;
using Credence.People;
using Credence.SecondFactors;
using Credence.SignIn;
using Credence.Storage;
using Credence.Tests.SignIn;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.SecondFactors;

/// <summary>Signing in with two factors (docs/decisions/0044).</summary>
public sealed class SecondStepTests
{
    [Theory, EachEngine]
    public async Task A_password_alone_opens_no_session_and_with_a_code_it_does(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var ada = await world.CarefulAsync();
        var before = (await PersonSessionStore.LiveAsync(world.Db, ada.Person, world.Now, World.Ct)).Count;
        var step = await ada.BeginAsync();
        Assert.Equal([SecondFactor.Totp, SecondFactor.RecoveryCode], step.Ways);
        Assert.Equal(before, (await PersonSessionStore.LiveAsync(world.Db, ada.Person, world.Now, World.Ct)).Count);

        var signed = (await ada.FinishAsync(step, ada.Proof)).Value;
        Assert.Null(await world.RefusalAsync(signed));
        Assert.Equal(["pwd", "otp", "mfa"], signed.Claims.How!.Methods);
        Assert.Equal((Authentication.TwoFactors, "shop"), (signed.Claims.How.Worth, signed.Claims.ClientId));
        Assert.Equal(1, await world.AuditedAsync("person.signed_in", "password+totp"));
        Assert.Equal(1, await world.AuditedAsync("person.second_factor_asked"));

        var refreshed = (await world.Get<RefreshSession>().RunAsync(signed.RefreshToken, PeopleInWorld.Here, World.Ct)).Value;
        Assert.Equal(["pwd", "otp", "mfa"], refreshed.Claims.How!.Methods);
        Assert.Equal(SecondFactorFailures.Over, (await ada.FinishAsync(step, ada.Proof)).Failure);
    }

    [Theory, EachEngine]
    public async Task Of_many_who_finish_one_sign_in_at_once_one_is_signed_in(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        var ada = await world.CarefulAsync();
        var step = await ada.BeginAsync();
        var answers = await World.AllAtOnceAsync(24, number => (number % 2 == 0 ? world : node).FinishAsync(step, ada.Proof, $"192.0.2.{number}"));
        Assert.Single(answers, answer => answer.Succeeded);
        Assert.Equal(1, await world.AuditedAsync("person.signed_in", "password+totp"));
    }

    [Theory, EachEngine]
    public async Task A_code_that_many_show_at_once_signs_one_of_them_in(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        world.Get<SignInOptions>().Failures = null; // here the code alone decides
        var ada = await world.CarefulAsync();
        foreach (var proof in new[] { ada.Proof, FactorProof.Of(ada.Codes[3]) })
        {
            var steps = await World.AllAtOnceAsync(24, _ => ada.BeginAsync());
            var answers = await World.AllAtOnceAsync(steps.Length, number => ada.FinishAsync(steps[number], proof));
            Assert.Single(answers, answer => answer.Succeeded);
            Assert.All(answers.Where(answer => !answer.Succeeded), answer => Assert.Equal(SecondFactorFailures.Invalid, answer.Failure));
        }

        Assert.Equal(9, (await PersonFactors.OfAsync(world.Db, ada.Person, World.Ct)).RecoveryCodes);
    }

    [Theory, EachEngine]
    public async Task Five_wrong_codes_end_a_sign_in_and_ten_shut_the_person_on_every_node(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var ada = await world.CarefulAsync();
        var step = await ada.BeginAsync();
        var wrong = await World.AllAtOnceAsync(20, number => ada.FinishAsync(step, FactorProof.Of("000000"), $"192.0.2.{number}"));
        Assert.Equal(PendingSignIn.MostAttempts, wrong.Count(answer => answer.Failure == SecondFactorFailures.Invalid));
        Assert.Equal(15, wrong.Count(answer => answer.Failure == SecondFactorFailures.Over));
        Assert.Equal(SecondFactorFailures.Over, (await ada.FinishAsync(step, ada.Proof, "198.51.100.1")).Failure);
        Assert.Equal(5, await world.AuditedAsync("person.second_factor_refused"));

        var second = await ada.BeginAsync();
        for (var count = 0; count < 5; count++) Assert.Equal(SecondFactorFailures.Invalid, (await ada.FinishAsync(second, FactorProof.Of("nothing"), $"198.51.100.1{count}")).Failure);
        var third = await ada.BeginAsync();
        Assert.Equal(SignInFailures.TooManyCode, (await ada.FinishAsync(third, ada.Proof, "203.0.113.1")).Failure!.Code);
        world.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.True((await ada.FinishAsync(await ada.BeginAsync(), ada.Proof, "203.0.113.1")).Succeeded);
    }

    [Theory, EachEngine]
    public async Task A_sign_in_waits_five_minutes_and_no_longer(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var ada = await world.CarefulAsync();
        var step = await ada.BeginAsync();
        world.Clock.Advance(PendingSignIn.Life);
        Assert.Equal(SecondFactorFailures.Over, (await ada.FinishAsync(step, ada.Proof)).Failure);
        Assert.Null(await world.Get<FinishSignIn>().WaysAsync(step.Token, World.Ct));
        await using var tx = await world.Db.BeginAsync(World.Ct);
        Assert.Equal(1, await PendingSignIns.SweepAsync(tx, world.Now, World.Ct));
    }

    [Theory, EachEngine]
    public async Task A_new_password_ends_what_waits_and_goes_no_further_than_the_first_factor(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var ada = await world.CarefulAsync();
        var step = await ada.BeginAsync();
        Assert.True((await world.Get<ChangePassword>().RunAsync(ada.Caller, new(PeopleInWorld.Password, "twelve drummers", "192.0.2.1"), World.Ct)).Succeeded);
        Assert.Equal(SecondFactorFailures.Over, (await ada.FinishAsync(step, ada.Proof)).Failure);
        Assert.True((await ada.FinishAsync(await ada.BeginAsync("twelve drummers"), ada.Proof)).Succeeded);
    }

    [Theory, EachEngine]
    public async Task Who_is_stopped_between_the_two_steps_comes_no_further(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var ada = await world.CarefulAsync();
        var step = await ada.BeginAsync();
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            await tx.ExecuteAsync($"update people set status = {PersonStatus.Locked} where id = {ada.Person}", World.Ct);
            await tx.CommitAsync();
        }

        Assert.Equal(SecondFactorFailures.Over, (await ada.FinishAsync(step, ada.Proof)).Failure);
        Assert.Equal(SignInFailures.InvalidCredentials, (await world.BeginSignInAsync()).Failure);
    }

    [Theory, EachEngine]
    public async Task A_second_factor_of_somebody_else_is_none(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (ada, bob) = (await world.CarefulAsync(), await world.CarefulAsync("bob1"));
        var step = await ada.BeginAsync();
        foreach (var proof in new[] { bob.Proof, FactorProof.Of(bob.Codes[0]), FactorProof.Of("") })
        {
            Assert.Equal(SecondFactorFailures.Invalid, (await ada.FinishAsync(step, proof)).Failure);
        }

        Assert.True((await bob.FinishAsync(await bob.BeginAsync(), bob.Proof)).Succeeded);
    }

    [Theory, EachEngine]
    public async Task What_a_sign_in_is_worth_is_told_to_the_service_behind(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var ada = await world.CarefulAsync();
        var twice = (await ada.FinishAsync(await ada.BeginAsync(), ada.Proof)).Value;
        await world.PersonAsync("bob1");
        var once = (await world.SignInAsync("bob1")).Value;
        Assert.Equal((Authentication.TwoFactors, Authentication.OneFactor), (await WorthAsync(twice), await WorthAsync(once)));

        async Task<string> WorthAsync(SignedIn signed) => Visitor.Of((await world.Get<CheckPersonToken>().RunAsync(signed.Jwt, World.Ct)).Value).Worth;
    }

    [Theory, EachEngine]
    public async Task The_forward_auth_door_takes_nobody_who_has_one_and_says_no_more_than_of_a_wrong_password(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        const string Email = "ada@example.test";
        Assert.True((await world.Get<RegisterPerson>().RunAsync(new(Email, PeopleInWorld.Password, PeopleInWorld.Here), World.Ct)).Succeeded);
        var caller = (await world.SignInAsync(Email, scheme: IdentifierScheme.Email)).Value.ToCaller();
        Assert.True((await LogInAsync("192.0.2.1")).Succeeded);
        var begun = (await world.Get<EnrolTotp>().BeginAsync(caller, shown: null, World.Ct)).Value;
        Assert.True((await world.Get<EnrolTotp>().ConfirmAsync(caller, Totp.CodeOf(FactorsInWorld.Read(begun.Secret), Totp.StepAt(world.Now)), World.Ct)).Succeeded);

        for (var count = 0; count < 5; count++) Assert.Equal(SignInFailures.InvalidCredentials, (await LogInAsync($"192.0.2.1{count}")).Failure);
        var early = (await LogInAsync("198.51.100.1")).Failure!; // it counts as a wrong password does: whoever guesses learns nothing by that either
        Assert.Equal((SignInFailures.TooManyCode, TimeSpan.FromSeconds(1)), (early.Code, early.RetryAfter));

        Task<Result<string>> LogInAsync(string network) => world.Get<LogIn>().RunAsync(new LogIn.Input(Email, PeopleInWorld.Password, PeopleInWorld.Here, network), World.Ct);
    }
}
