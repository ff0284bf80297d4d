using Credence.Organizations;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Organizations;

public sealed class SignUpTests
{
    [Theory, EachEngine]
    public async Task One_of_ten_with_the_same_address_signs_up(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);

        var answers = await World.AllAtOnceAsync(
            10, number => world.Get<SignUp>().RunAsync(new($"co {number}", number % 2 == 0 ? "Dev@Example.test " : "dev@example.test", OrganizationMode.Live), World.Ct));

        Assert.Equal("dev@example.test", Assert.Single(answers, answer => answer.Succeeded).Value.Organization.Email);
        Assert.All(answers.Where(answer => !answer.Succeeded), answer => Assert.Equal(OrganizationFailures.EmailInUse, answer.Failure));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("@example.test")]
    [InlineData("a@b@c")]
    [InlineData("a b@example.test")]
    [InlineData("a@")]
    [InlineData("a\n@example.test")]
    public void What_is_no_address_is_not_taken_for_one(string typed) => Assert.Null(EmailAddress.Normalize(typed));

    [Theory, EachEngine]
    public async Task A_seeded_organization_is_made_once(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);

        var made = await World.AllAtOnceAsync(5, _ => world.Get<SignUp>().SeedAsync("Development", OrganizationMode.Sandbox, "sandbox-api-key-local", World.Ct));

        Assert.Single(made, once => once);
        var caller = (await world.Get<FindCaller>().RunAsync("sandbox-api-key-local", World.Ct)).Value;
        Assert.Equal(OrganizationMode.Sandbox, caller.Mode);
    }
}
