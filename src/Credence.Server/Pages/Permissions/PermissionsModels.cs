using Credence.Agents;
using Credence.Audit;
using Credence.Grants;
using Credence.Organizations;
using Credence.Passkeys;

namespace Credence.Server.Pages.Permissions;

/// <summary>Everything one person granted through one organization.</summary>
/// <param name="OrganizationName">The organization, in its own words.</param>
/// <param name="Principal">Its name for the person.</param>
/// <param name="OpenUntil">When the session ends by itself.</param>
/// <param name="Agents">Who may act now, the newest permission first.</param>
/// <param name="More">Whether there are more permissions than are shown.</param>
/// <param name="Ended">Who was stopped lately, the last first.</param>
/// <param name="Passkeys">What can prove that it is the person.</param>
/// <param name="JustDone">What the person just did, in a sentence; null when nothing.</param>
public sealed record PermissionsView(
    string OrganizationName, string Principal, DateTimeOffset OpenUntil, IReadOnlyList<AgentView> Agents, bool More, IReadOnlyList<EndedView> Ended,
    PasskeysView Passkeys, string? JustDone)
{
    /// <summary>Everyone who may act, those that authority was passed on to included.</summary>
    public int Acting => Agents.SelectMany(agent => agent.Holders).Distinct().Count();
}

/// <summary>An agent and what it may do.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Permissions">Each thing the person allowed it, the newest first.</param>
/// <param name="Deeds">What it did lately, the last first.</param>
public sealed record AgentView(Agent Agent, IReadOnlyList<PermissionView> Permissions, IReadOnlyList<LoggedLine> Deeds)
{
    /// <summary>It, and whom it passed authority on to.</summary>
    public IEnumerable<Id<Agent>> Holders => Permissions.SelectMany(one => one.PassedOn.Select(to => to.Agent.Id)).Append(Agent.Id);
}

/// <summary>One grant, and what came of it.</summary>
/// <param name="Grant">The grant.</param>
/// <param name="PassedOn">What was delegated from it, the nearest first.</param>
public sealed record PermissionView(Grant Grant, IReadOnlyList<PassedOnView> PassedOn);

/// <summary>A grant that an agent passed on, and what its holder did.</summary>
/// <param name="Grant">The grant.</param>
/// <param name="Agent">Who holds it.</param>
/// <param name="Deeds">What the holder did lately, the last first; nothing when it has a place of its own on the page.</param>
public sealed record PassedOnView(Grant Grant, Agent Agent, IReadOnlyList<LoggedLine> Deeds);

/// <summary>An agent from which something was taken back.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="At">When that was, the last time.</param>
/// <param name="Deeds">What it did lately, the last first.</param>
public sealed record EndedView(Agent Agent, DateTimeOffset At, IReadOnlyList<LoggedLine> Deeds);

/// <summary>A person's passkeys, and what their organization makes of them.</summary>
/// <param name="Passkeys">The passkeys, the newest first.</param>
/// <param name="Counting">How one must have come to be theirs to count.</param>
/// <param name="Required">Whether they can allow anything without one.</param>
/// <param name="Useful">Whether a passkey is good for anything there.</param>
public sealed record PasskeysView(IReadOnlyList<Passkey> Passkeys, PasskeyEnrolment Counting, bool Required, bool Useful);

/// <summary>What a browser needs to make a passkey.</summary>
/// <param name="OrganizationName">Whom it is for.</param>
/// <param name="Challenge">The challenge to name in the answer.</param>
/// <param name="Options">What the browser is told, JSON.</param>
public sealed record PasskeyWanted(string OrganizationName, string Challenge, string Options);

/// <summary>What somebody sees who has no session here: how to get one.</summary>
/// <param name="Headline">What is the matter.</param>
/// <param name="Detail">What to do.</param>
public sealed record SessionWanted(string Headline, string Detail);
