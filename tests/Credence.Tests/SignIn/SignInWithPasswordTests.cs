using Credence.Passwords;
using Credence.People;
using Credence.SignIn;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.SignIn;

public sealed class SignInWithPasswordTests
{
    [Theory, EachEngine]
    public async Task The_right_password_opens_a_session_and_its_token_counts(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var id = await world.PersonAsync();
        var signedIn = (await world.SignInAsync(" ADA1 ")).Value;

        Assert.Equal((id, "shop", world.Now + TimeSpan.FromDays(1)), (signedIn.Claims.Person, signedIn.Claims.ClientId, signedIn.Claims.ExpiresAt));
        Assert.Null(await world.RefusalAsync(signedIn));
        var session = Assert.Single(await PersonSessionStore.LiveAsync(world.Db, id, world.Now, World.Ct));
        Assert.Equal((signedIn.Claims.Session, "192.0.2.1", "tests"), (session.Id, session.Origin.Address, session.Origin.UserAgent));
        Assert.Equal(world.Now, (await PersonStore.FindAsync(world.Db, id, World.Ct))!.LastSignInAt);
        Assert.Equal(1, await world.AuditedAsync("person.signed_in", id.ToString()));

        world.Clock.Advance(TimeSpan.FromDays(1));
        await world.Revocations.CatchUpAsync(World.Ct);
        Assert.NotNull(await world.RefusalAsync(signedIn));
    }

    [Theory, EachEngine]
    public async Task Whatever_is_wrong_the_answer_is_the_same(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var id = await world.PersonAsync("ada1", "ada@example.test");
        var bob = await world.PersonAsync("bob1");
        await ExecuteAsync(world, $"delete from person_passwords where person_id = {bob}");
        Failure?[] wrong =
        [
            (await world.SignInAsync("nobody")).Failure, (await world.SignInAsync("!")).Failure, (await world.SignInAsync(password: "another one")).Failure,
            (await world.SignInAsync("bob1")).Failure, (await world.SignInAsync("ada@example.test", "another one", IdentifierScheme.Email)).Failure,
        ];
        Assert.All(wrong, failure => Assert.Equal(SignInFailures.InvalidCredentials, failure));

        Assert.Equal(SignInFailures.IdentifierUnverified, (await world.SignInAsync("Ada@example.test", scheme: IdentifierScheme.Email)).Failure);
        await ExecuteAsync(world, $"update people set status = 'locked' where id = {id}");
        Assert.Equal(SignInFailures.InvalidCredentials, (await world.SignInAsync()).Failure);
        Assert.Equal(SignInFailures.InvalidCredentials, (await world.SignInAsync("ada@example.test", scheme: IdentifierScheme.Email)).Failure);
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from person_sessions"));
    }

    [Theory, EachEngine]
    public async Task Ten_wrong_passwords_in_a_quarter_of_an_hour_are_enough(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.PersonAsync();
        var tried = await World.AllAtOnceAsync(30, number => world.SignInAsync(password: "wrong", network: $"192.0.2.{number}"));
        Assert.Equal(10, tried.Count(one => one.Failure == SignInFailures.InvalidCredentials));
        Assert.Equal(20, tried.Count(one => one.Failure!.Code == SignInFailures.TooManyCode));

        var refused = (await world.SignInAsync(network: "198.51.100.1")).Failure!;
        Assert.Equal((FailureKind.TooMany, TimeSpan.FromMinutes(15)), (refused.Kind, refused.RetryAfter));
        world.Clock.Advance(refused.RetryAfter!.Value + TimeSpan.FromSeconds(1));
        Assert.True((await world.SignInAsync(network: "198.51.100.1")).Succeeded);
        world.Clock.Advance(TimeSpan.FromMinutes(15));
        for (var count = 0; count < 15; count++) Assert.True((await world.SignInAsync()).Succeeded, "who is right is never too often");
    }

    [Theory, EachEngine]
    public async Task Ten_wrong_passwords_from_one_address_are_enough_whoever_they_are_for(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.PersonAsync();
        for (var count = 0; count < 10; count++) Assert.Equal(SignInFailures.InvalidCredentials, (await world.SignInAsync($"nobody{count}")).Failure);
        Assert.Equal(SignInFailures.TooManyCode, (await world.SignInAsync()).Failure!.Code);
        Assert.True((await world.SignInAsync(network: "198.51.100.1")).Succeeded);
    }

    [Theory, EachEngine]
    public async Task A_weaker_hash_is_written_anew_when_its_password_was_right(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var id = await world.PersonAsync();
        const string Weak = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        await ExecuteAsync(world, $"update person_passwords set hash = {Weak} where person_id = {id}");

        Assert.True((await world.SignInAsync(password: "password")).Succeeded);
        var better = await PersonPasswords.FindAsync(world.Db, id, World.Ct);
        Assert.StartsWith("$argon2id$v=19$m=19456,", better, StringComparison.Ordinal);
        Assert.True((await world.Get<PasswordHashes>().VerifyAsync(better, "password", HashForm.Argon2id, World.Ct)).Value);
        Assert.True((await world.SignInAsync(password: "password")).Succeeded);
    }

    private static async Task ExecuteAsync(World world, Sql sql)
    {
        await using var tx = await world.Db.BeginAsync(World.Ct);
        await tx.ExecuteAsync(sql, World.Ct);
        await tx.CommitAsync();
    }
}
