using Credence.People;
using Credence.SignIn;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.SignIn;

public sealed class SignUpPersonTests
{
    [Theory, EachEngine]
    public async Task Whoever_signs_up_is_there_with_what_they_sign_in_with(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var begun = (await world.SignUpAsync("ada1", "ada@example.test", "+84912345678")).Value;

        var person = await PersonStore.FindAsync(world.Db, begun.Person, World.Ct);
        Assert.Equal(PersonStatus.Activated, person!.Status);
        var identifiers = await PersonStore.IdentifiersAsync(world.Db, begun.Person, World.Ct);
        Assert.Equal(
            [(IdentifierScheme.Username, "ada1", true), (IdentifierScheme.Email, "ada@example.test", false), (IdentifierScheme.PhoneNumber, "+84912345678", false)],
            identifiers.OrderBy(each => each.Scheme).Select(each => (each.Scheme, each.Value, each.Verified)));
        Assert.StartsWith("$argon2id$", await PersonPasswords.FindAsync(world.Db, begun.Person, World.Ct), StringComparison.Ordinal);
        Assert.Equal(1, await world.AuditedAsync("person.signed_up", begun.Person.ToString()));
    }

    [Theory, EachEngine]
    public async Task Of_thirty_with_one_user_name_one_gets_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        var begun = await World.AllAtOnceAsync(30, number => (number % 2 == 0 ? world : node).SignUpAsync("ada1"));

        Assert.Single(begun, one => one.Succeeded);
        Assert.All(begun.Where(one => !one.Succeeded), one => Assert.Equal(SignInFailures.IdentifierTaken, one.Failure));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from people"));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from person_passwords"));
    }

    [Theory, EachEngine]
    public async Task A_taken_address_or_number_is_not_told_and_makes_nobody(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.SignUpAsync("ada1", "ada@example.test", "+84912345678");
        var second = (await world.SignUpAsync("bob1", "ada@example.test")).Value;
        var third = (await world.SignUpAsync("carl", phone: "+84912345678")).Value;

        Assert.Equal(["bob1", "ada@example.test"], second.Identifiers.Select(each => each.Value));
        Assert.Equal(["carl", "+84912345678"], third.Identifiers.Select(each => each.Value));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from people"));
        Assert.Null(await PersonStore.FindAsync(world.Db, IdentifierScheme.Username, "bob1", World.Ct));
    }
}
