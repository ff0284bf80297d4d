using Credence.Administration;
using Credence.People;
using Credence.SignIn;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.SignIn;

/// <summary>Registering and logging in at the forward-auth door (contract forward-auth FA-1 to FA-3).</summary>
public sealed class LogInTests
{
    private const string Email = "ada@example.test";

    [Theory, EachEngine]
    public async Task Of_many_who_register_an_address_at_once_one_does(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var answers = await World.AllAtOnceAsync(20, number => RegisterAsync(world, number % 2 == 0 ? Email : " ADA@example.test"));
        Assert.Single(answers, answer => answer.Succeeded);
        Assert.All(answers.Where(answer => !answer.Succeeded), answer => Assert.Equal(SignInFailures.EmailTaken, answer.Failure));
        Assert.Equal((1, 1), (await world.CountAsync($"select count(*) as n from people"), await world.AuditedAsync("user.registered")));
    }

    [Theory, EachEngine]
    public async Task A_token_stops_counting_when_its_person_is_deleted_or_changes_the_password_on_every_node(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        await RegisterAsync(world, Email);
        var token = (await LogInAsync(world)).Value;
        Assert.True(Check(world, token).Succeeded);

        world.Clock.Advance(TimeSpan.FromSeconds(1));
        var signedIn = (await world.SignInAsync(Email, scheme: IdentifierScheme.Email)).Value;
        Assert.Equal(0, (await world.Get<ChangePassword>().RunAsync(signedIn.ToCaller(), new(PeopleInWorld.Password, "twelve drummers", "192.0.2.1"), World.Ct)).Value);
        Assert.Null(await world.RefusalAsync(signedIn)); // whoever changed it goes on
        Assert.Equal(CheckForwardToken.Invalid, Check(world, token).Failure);
        await node.Revocations.CatchUpAsync(World.Ct);
        Assert.Equal(CheckForwardToken.Invalid, Check(node, token).Failure);

        world.Clock.Advance(TimeSpan.FromSeconds(1));
        var next = (await LogInAsync(world, "twelve drummers")).Value;
        Assert.True(Check(world, next).Succeeded);
        await world.Get<DeletePerson>().RunAsync(signedIn.ToCaller(), signedIn.Claims.Person, World.Ct);
        Assert.Equal(CheckForwardToken.Invalid, Check(world, next).Failure);
        Assert.Equal(SignInFailures.InvalidCredentials, (await LogInAsync(world, "twelve drummers")).Failure);
    }

    [Theory, EachEngine]
    public async Task A_token_lives_a_day_and_not_a_second_longer(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await RegisterAsync(world, Email);
        var token = (await LogInAsync(world)).Value;
        world.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        await world.Revocations.CatchUpAsync(World.Ct);
        Assert.True(Check(world, token).Succeeded);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("expired", Check(world, token).Failure!.Code);
        world.Get<TokenOptions>().ForwardClockSkew = TimeSpan.FromSeconds(60);
        Assert.True(Check(world, token).Succeeded);
    }

    [Theory, EachEngine]
    public async Task A_node_that_has_not_heard_of_revocations_for_five_minutes_vouches_for_nobody(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await RegisterAsync(world, Email);
        var token = (await LogInAsync(world)).Value;
        await world.Revocations.CatchUpAsync(World.Ct);
        world.Clock.Advance(CheckForwardToken.MostStale);
        Assert.True(Check(world, token).Succeeded);
        Assert.Equal(TokenFailures.Unsure, world.Get<CheckForwardToken>().Run(token, TimeSpan.FromSeconds(30)).Failure);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenFailures.Unsure, Check(world, token).Failure);
    }

    [Theory, EachEngine]
    public async Task After_five_wrong_passwords_each_next_attempt_waits_twice_as_long(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await RegisterAsync(world, Email);
        for (var wrong = 0; wrong < 5; wrong++) Assert.Equal(SignInFailures.InvalidCredentials, (await LogInAsync(world, "wrong", $"192.0.2.{wrong}")).Failure);
        foreach (var seconds in new[] { 1, 2, 4 })
        {
            var early = (await LogInAsync(world, network: "198.51.100.1")).Failure!;
            Assert.Equal((SignInFailures.TooManyCode, seconds), (early.Code, Math.Ceiling(early.RetryAfter!.Value.TotalSeconds)));
            world.Clock.Advance(TimeSpan.FromSeconds(seconds));
            if (seconds < 4) Assert.Equal(SignInFailures.InvalidCredentials, (await LogInAsync(world, "wrong", $"192.0.2.1{seconds}")).Failure);
        }

        Assert.True((await LogInAsync(world)).Succeeded);
        Assert.Equal(SignInFailures.InvalidCredentials, (await LogInAsync(world, "wrong", "192.0.2.99")).Failure);
        Assert.True((await LogInAsync(world)).Succeeded); // the row of failures ended with the right one
    }

    private static Task<Result<RegisterPerson.Output>> RegisterAsync(World world, string email) =>
        world.Get<RegisterPerson>().RunAsync(new RegisterPerson.Input(email, PeopleInWorld.Password, PeopleInWorld.Here), World.Ct);

    private static Task<Result<string>> LogInAsync(World world, string password = PeopleInWorld.Password, string network = "192.0.2.200") =>
        world.Get<LogIn>().RunAsync(new LogIn.Input(Email, password, PeopleInWorld.Here, network), World.Ct);

    private static Result<ForwardClaims> Check(World world, string token) => world.Get<CheckForwardToken>().Run(token, CheckForwardToken.MostStale);
}
