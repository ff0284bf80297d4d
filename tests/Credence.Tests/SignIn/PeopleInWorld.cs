using Credence.Administration;
using Credence.Audit;
using Credence.People;
using Credence.SignIn;
using Credence.Tests.Support;

namespace Credence.Tests.SignIn;

/// <summary>What tests about people begin with.</summary>
internal static class PeopleInWorld
{
    public const string Password = "eleven pipers piping";
    public static readonly AuditOrigin Here = new("192.0.2.1", "tests");

    public static Task<Result<SignUpPerson.Output>> SignUpAsync(this World world, string name, string? email = null, string? phone = null) =>
        world.Get<SignUpPerson>().RunAsync(new SignUpPerson.Input(name, Password, email, phone, PersonProfile.None, Here), World.Ct);

    public static async Task<PersonId> PersonAsync(this World world, string name = "ada1", string? email = null) => (await world.SignUpAsync(name, email)).Value.Person;

    /// <summary>Signs in somebody who has no second factor.</summary>
    public static async Task<Result<SignedIn>> SignInAsync(
        this World world, string identifier = "ada1", string password = Password, IdentifierScheme scheme = IdentifierScheme.Username, string network = "192.0.2.1")
    {
        var step = await world.BeginSignInAsync(identifier, password, scheme, network);
        return step.Succeeded ? (SignedIn)step.Value : step.Failure;
    }

    public static Task<Result<SignInStep>> BeginSignInAsync(
        this World world, string identifier = "ada1", string password = Password, IdentifierScheme scheme = IdentifierScheme.Username, string network = "192.0.2.1") =>
        world.Get<SignInWithPassword>().RunAsync(new SignInWithPassword.Input(scheme, identifier, password, "shop", Here, network), World.Ct);

    /// <summary>Somebody deletes their own account.</summary>
    public static Task<Result<int>> DeleteAsync(this World world, PersonId person) =>
        world.Get<DeletePerson>().RunAsync(new PersonCaller(person, Id<PersonSession>.New(world.Now), Here), person, World.Ct);

    public static PersonCaller ToCaller(this SignedIn signed) => new(signed.Claims.Person, signed.Claims.Session, Here);

    public static PersonCaller ToCaller(this PersonId person) => new(person, default, Here);

    /// <summary>A new person who has these roles in every domain.</summary>
    public static async Task<PersonCaller> WithRolesAsync(this World world, string name, params string[] roles)
    {
        var person = await world.PersonAsync(name);
        foreach (var role in roles) Assert.True((await world.Get<GrantRole>().RunAsync("tests", person, role, World.Ct)).Succeeded);
        return person.ToCaller();
    }

    /// <summary>Why a token does not count, or null when it does.</summary>
    public static async Task<Failure?> RefusalAsync(this World world, SignedIn signed) =>
        (await world.Get<Credence.Tokens.CheckPersonToken>().RunAsync(signed.Jwt, World.Ct)).Failure;
}
