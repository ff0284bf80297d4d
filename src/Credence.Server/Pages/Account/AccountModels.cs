using Credence.People;
using Credence.Server.Pages.Permissions;

namespace Credence.Server.Pages.Account;

/// <summary>What somebody's account page shows.</summary>
/// <param name="Name">Who is signed in.</param>
/// <param name="FormToken">What every form carries.</param>
/// <param name="Person">They.</param>
/// <param name="Identifiers">What they sign in with.</param>
/// <param name="Sessions">Where they are signed in, this browser first.</param>
/// <param name="Here">Which of these is this browser's.</param>
/// <param name="Acting">How many agents may act for them.</param>
/// <param name="Passkeys">How many passkeys they have.</param>
/// <param name="JustDone">What they just did, in a sentence; null when nothing.</param>
public sealed record AccountView(
    string Name, string FormToken, Person Person, IReadOnlyList<PersonIdentifier> Identifiers, IReadOnlyList<PersonSession> Sessions, Id<PersonSession> Here,
    int Acting, int Passkeys, string? JustDone)
{
    /// <summary>Whether signing in takes a second step.</summary>
    public required bool TakesTwoSteps { get; init; }
}

/// <summary>The agents that may act for somebody, through every organization whose name for them means their account.</summary>
/// <param name="Name">Who is signed in.</param>
/// <param name="FormToken">What every form carries.</param>
/// <param name="Through">What they granted through each organization, each with the text that names it in a form.</param>
/// <param name="JustDone">What they just did, in a sentence; null when nothing.</param>
public sealed record MyAgentsView(string Name, string FormToken, IReadOnlyList<(string Whose, PermissionsView View)> Through, string? JustDone)
{
    /// <summary>Everyone who may act.</summary>
    public int Acting => Through.Sum(one => one.View.Acting);
}

/// <summary>What the form for another password shows.</summary>
/// <param name="Name">Who is signed in.</param>
/// <param name="FormToken">What the form carries.</param>
/// <param name="Problem">Why it did not do; null the first time.</param>
public sealed record PasswordAsked(string Name, string FormToken, string? Problem);
