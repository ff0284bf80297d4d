using Credence.Server.Pages.Account;

namespace Credence.Server.Pages.Consent;

/// <summary>What the person is asked to decide.</summary>
/// <param name="RequestId">The consent request.</param>
/// <param name="AgentName">The agent's name, as its developer wrote it.</param>
/// <param name="AgentDescription">What the developer says the agent does; empty when nothing.</param>
/// <param name="AgentDid">The agent's decentralized identifier.</param>
/// <param name="OrganizationName">Who runs the agent, in their own words.</param>
/// <param name="PrincipalId">The developer's own name for the person who is asked.</param>
/// <param name="Scopes">What the agent asks for.</param>
/// <param name="Lifetime">How long the grant will last.</param>
/// <param name="ShownAt">The server's time when the page was written.</param>
/// <param name="OpenUntil">When the request itself expires.</param>
/// <param name="ReturnHost">Where the browser goes after the decision; null when it stays here.</param>
/// <param name="Obstacle">Why no decision can be taken on this page; null when it can.</param>
/// <param name="ByPasskey">Whether the person decides with a passkey.</param>
public sealed record ConsentQuestion(
    string RequestId, string AgentName, string AgentDescription, string AgentDid, string OrganizationName, string PrincipalId,
    IReadOnlyList<string> Scopes, TimeSpan Lifetime, DateTimeOffset ShownAt, DateTimeOffset OpenUntil, string? ReturnHost, string? Obstacle, bool ByPasskey)
{
    /// <summary>Who is signed in; null when nobody is.</summary>
    public string? As { get; init; }

    /// <summary>What the form carries of somebody signed in, or null.</summary>
    public string? FormToken { get; init; }

    /// <summary>Whether the question is for another account than that of whoever is signed in.</summary>
    public bool IsOthers { get; init; }

    /// <summary>The challenge to a passkey of whoever is signed in; null when the page's script has to ask for one.</summary>
    public string? Challenge { get; init; }

    /// <summary>What the browser is told with it, JSON.</summary>
    public string? Options { get; init; }

    /// <summary>Whether only somebody signed in to an account here can decide.</summary>
    public bool NeedsPerson { get; init; }

    /// <summary>Where somebody signs in who then comes back to this question.</summary>
    public string SignIn { get; } = LocalReturn.With(SignInPage.Path, $"/consent?req={RequestId}");
}

/// <summary>A decision that was made just now.</summary>
/// <param name="Approved">What it was.</param>
/// <param name="AgentName">The agent's name, as its developer wrote it.</param>
/// <param name="OrganizationName">Who runs the agent, in their own words.</param>
/// <param name="Code">What the agent exchanges for its token; null after a denial.</param>
/// <param name="CodeUntil">Until when the code can be exchanged.</param>
/// <param name="Return">Where the browser goes now; null when it stays here.</param>
public sealed record ConsentOutcome(
    bool Approved, string AgentName, string OrganizationName, string? Code, DateTimeOffset CodeUntil, Uri? Return)
{
    /// <summary>Whether it stands on the page of somebody's account now.</summary>
    public bool SignedIn { get; init; }
}
