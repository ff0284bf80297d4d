using Credence.Agents;
using Credence.Audit;
using Credence.Organizations;
using Credence.Principals;
using Credence.Storage;

namespace Credence.Server.Pages.Permissions;

/// <summary>Reads what the page shows, and puts it in the order a person thinks in: agents, what each may do, what came of it.</summary>
internal sealed class ReadPermissions(Db db, OwnPasskeys own, TimeProvider clock)
{
    private const int MostGrants = 200;
    private const int MostEnded = 20;
    private const int MostDeeds = 200;
    private static readonly TimeSpan EndedShown = TimeSpan.FromDays(30);

    /// <param name="session">Whose.</param>
    /// <param name="stopped">What a redirect says the person just stopped: an agent's id, <c>one</c> or <c>all</c>.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<PermissionsView> RunAsync(PrincipalSession session, string? stopped, CancellationToken ct)
    {
        var now = clock.Now();
        var live = await PrincipalStore.LiveAsync(db, session, now, MostGrants + 1, ct);
        var ended = await PrincipalStore.EndedAsync(db, session, now - EndedShown, MostEnded, ct);
        var organization = await OrganizationStore.FindAsync(db, session.Organization, ct);
        var deeds = (await NewestLogged.LinesAsync(db, session.Organization.ToString(), session.Principal, MostDeeds, ct)).ToLookup(line => line.Agent);

        var shown = live.Take(MostGrants).ToList();
        var acting = shown.Select(held => held.Agent.Id).ToHashSet();
        var tops = Tops(shown);
        var placed = tops.Select(held => held.Agent.Id).ToHashSet();
        var agents = tops.GroupBy(held => held.Agent).Select(
            held => new AgentView(held.Key, [.. held.Select(one => new PermissionView(one.Grant, [.. Below(one, shown).Select(PassedOn)]))], Of(held.Key)));
        var over = ended.DistinctBy(held => held.Agent.Id).Select(
            held => new EndedView(held.Agent, held.Grant.RevokedAt!.Value, acting.Contains(held.Agent.Id) ? [] : Of(held.Agent))).ToList();
        return new PermissionsView(
            organization!.Name, session.Principal, session.ExpiresAt, [.. agents], live.Count > MostGrants, over,
            await PasskeysAsync(session, organization, ct), JustDone(stopped, acting, over));

        List<LoggedLine> Of(Agent agent) => [.. deeds[agent.Id.ToString()]];
        PassedOnView PassedOn(HeldGrant held) => new(held.Grant, held.Agent, placed.Contains(held.Agent.Id) ? [] : Of(held.Agent));
    }

    private async Task<PasskeysView> PasskeysAsync(PrincipalSession session, Organization organization, CancellationToken ct) => new(
        await own.ListAsync(session, ct), organization.PasskeyEnrolment,
        organization.LeastProof == ConsentProof.Passkey, organization.LeastProof > ConsentProof.Link);

    /// <summary>Grants that are not shown below another.</summary>
    private static List<HeldGrant> Tops(List<HeldGrant> shown)
    {
        var ids = shown.Select(held => held.Grant.Id).ToHashSet();
        return shown.FindAll(held => held.Grant.ParentId is not { } parent || !ids.Contains(parent));
    }

    private static List<HeldGrant> Below(HeldGrant top, List<HeldGrant> shown)
    {
        var children = shown.Where(held => held.Grant.ParentId is not null).ToLookup(held => held.Grant.ParentId!.Value);
        var below = new List<HeldGrant>();
        for (IEnumerable<HeldGrant> next = children[top.Grant.Id]; next.Any(); next = [.. next.SelectMany(held => children[held.Grant.Id])]) below.AddRange(next);
        return below;
    }

    /// <summary>Only what is so: anybody can write a query.</summary>
    private static string? JustDone(string? stopped, HashSet<Id<Agent>> acting, List<EndedView> over) => stopped switch
    {
        null or "" => null,
        "all" => acting.Count == 0 ? "You stopped every agent. None of them can act for you any more." : null,
        "one" => over.Count > 0 ? "You took that permission back." : null,
        _ => over.Find(one => one.Agent.Id.ToString() == stopped) is { } one && !acting.Contains(one.Agent.Id)
            ? $"You stopped {Untrusted.Shorten(one.Agent.Name, 120)}. It can no longer act for you."
            : null,
    };
}
