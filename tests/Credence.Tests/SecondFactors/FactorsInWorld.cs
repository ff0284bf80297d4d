using Credence.People;
using Credence.SecondFactors;
using Credence.SignIn;
using Credence.Tests.SignIn;
using Credence.Tests.Support;

namespace Credence.Tests.SecondFactors;

/// <summary>Somebody with an app that makes codes, as a test knows them.</summary>
/// <param name="World">Where.</param>
/// <param name="Name">Their user name.</param>
/// <param name="Caller">They, signed in from before.</param>
/// <param name="Secret">What the app makes codes of.</param>
/// <param name="Codes">Their recovery codes.</param>
internal sealed record Careful(World World, string Name, PersonCaller Caller, byte[] Secret, IReadOnlyList<string> Codes)
{
    public PersonId Person => Caller.Person;

    /// <summary>What the app shows now.</summary>
    public string Code => Totp.CodeOf(Secret, Totp.StepAt(World.Now));

    public FactorProof Proof => FactorProof.Of(Code);

    /// <summary>What they show once more.</summary>
    public ProveAgain.Shown Shown => new(null, (FactorProof.Code)Proof, "192.0.2.1");

    /// <summary>Until the app shows the next code.</summary>
    public void Wait() => World.Clock.Advance(TimeSpan.FromSeconds(30));

    /// <summary>Passes the first factor.</summary>
    public async Task<SecondStep> BeginAsync(string password = PeopleInWorld.Password) => (SecondStep)(await World.BeginSignInAsync(Name, password)).Value;

    public Task<Result<SignedIn>> FinishAsync(SecondStep step, FactorProof proof, string network = "192.0.2.1") => World.FinishAsync(step, proof, network);
}

/// <summary>How tests sign in with two factors.</summary>
internal static class FactorsInWorld
{
    public static Task<Result<SignedIn>> FinishAsync(this World world, SecondStep step, FactorProof proof, string network = "192.0.2.1") =>
        world.Get<FinishSignIn>().RunAsync(new FinishSignIn.Input(step.Token, proof, PeopleInWorld.Here, network), World.Ct);

    /// <summary>Somebody new who has turned codes of an app on; the code that did so is spent.</summary>
    public static async Task<Careful> CarefulAsync(this World world, string name = "ada1", string? email = null)
    {
        await world.PersonAsync(name, email);
        var caller = (await world.SignInAsync(name)).Value.ToCaller();
        var begun = (await world.Get<EnrolTotp>().BeginAsync(caller, shown: null, World.Ct)).Value;
        var secret = Read(begun.Secret);
        var sheet = (await world.Get<EnrolTotp>().ConfirmAsync(caller, Totp.CodeOf(secret, Totp.StepAt(world.Now)), World.Ct)).Value;
        world.Clock.Advance(TimeSpan.FromSeconds(30));
        return new Careful(world, name, caller, secret, sheet.Codes);
    }

    /// <summary>Base 32 as an app reads it.</summary>
    public static byte[] Read(string base32)
    {
        var bits = string.Concat(base32.Select(sign => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(sign, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Where(eight => eight.Length == 8).Select(eight => Convert.ToByte(new string(eight), 2))];
    }
}
