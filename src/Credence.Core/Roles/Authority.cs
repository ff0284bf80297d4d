using Credence.Storage;

namespace Credence.Roles;

/// <summary>
/// Who may change what others may do (decision 0037): nobody changes what ranks above them, and nobody lets others do what they may not do themselves, be it
/// by allowing it or by lifting a denial. What it says holds until the transaction ends, because it takes the turn to change.
/// </summary>
public sealed class Authority
{
    private readonly DbTx _tx;
    private readonly AccessGraph _graph;
    private readonly Dictionary<string, Role> _roles;

    private Authority(DbTx tx, AccessGraph graph, Dictionary<string, Role> roles)
    {
        _tx = tx;
        _graph = graph;
        _roles = roles;
    }

    /// <summary>Takes the turn, and reads what the roles may.</summary>
    public static async Task<Authority> TakeAsync(DbTx tx, CancellationToken ct)
    {
        await PolicyDefinitionStore.RenewAsync(tx, ct);
        var edges = await PolicyDefinitionStore.OfRolesAsync(tx, ct);
        var roles = await RoleStore.AllAsync(tx, ct);
        return new Authority(tx, AccessGraph.Of(edges), roles.ToDictionary(role => Subject.Role(role.Id).ToString(), StringComparer.Ordinal));
    }

    /// <summary>Why the caller may not add an edge, or remove it; null when they may.</summary>
    public async Task<Failure?> RefusalAsync(Subject caller, PolicyDefinition edge, bool added, CancellationToken ct)
    {
        if (_roles.GetValueOrDefault(edge.Subject.ToString()) is { Identifier: Role.SuperAdmin }) return RoleFailures.SystemRole;
        var own = await OwnAsync(caller, ct);
        if (!Surely(own, new(PolicyDefinitionStore.Resource, added ? "create" : "delete", edge.Domain))) return RoleFailures.Forbidden;

        var rank = RankOf(own, edge.Domain);
        if (await ReachAsync(edge.Subject, edge.Domain, ct) > rank) return RoleFailures.Outranked;
        if (edge.TargetType == TargetType.Role && await ReachAsync(new Subject(SubjectType.Role, edge.TargetId), edge.Domain, ct) > rank) return RoleFailures.Outranked;
        foreach (var given in await GivenAsync(edge, added, ct))
        {
            if (!Surely(own, given)) return RoleFailures.NotOnesOwn;
        }

        return null;
    }

    /// <summary>Why the caller may not change a role, which would let those who have it do what its edges of one effect say; null when they may.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="role">The role, with the higher of its priorities before and after.</param>
    /// <param name="counts">Whether its edges begin to count; null when that stays as it is.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<Failure?> RefusalAsync(Subject caller, Role role, bool? counts, CancellationToken ct)
    {
        var own = await OwnAsync(caller, ct);
        var (rank, subject) = (RankOf(own, PolicyDefinition.Everywhere), Subject.Role(role.Id));
        if (role.Priority > rank || await ReachAsync(subject, PolicyDefinition.Everywhere, ct) > rank) return RoleFailures.Outranked;
        if (counts is not { } begins) return null;
        var edges = Edges(await OwnAsync(subject, ct), PolicyDefinition.Everywhere, begins ? EdgeEffect.Allow : EdgeEffect.Deny);
        return edges.All(given => Surely(own, given)) ? null : RoleFailures.NotOnesOwn;
    }

    /// <summary>Whether somebody's rank anywhere is above the caller's everywhere.</summary>
    public async Task<bool> IsAboveAsync(Subject somebody, Subject caller, CancellationToken ct) =>
        await ReachAsync(somebody, PolicyDefinition.Everywhere, ct) > RankOf(await OwnAsync(caller, ct), PolicyDefinition.Everywhere);

    private sealed record Right(string Object, string Action, string Domain);

    private async Task<DirectAccess> OwnAsync(Subject subject, CancellationToken ct) => DirectAccess.Of(await PolicyDefinitionStore.OfAsync(_tx, subject, ct));

    /// <summary>What the edge lets its subject do, once it is there or is gone.</summary>
    private async Task<IEnumerable<Right>> GivenAsync(PolicyDefinition edge, bool added, CancellationToken ct)
    {
        var widening = added ? EdgeEffect.Allow : EdgeEffect.Deny;
        if (edge.TargetType == TargetType.Role) return Edges(await OwnAsync(new Subject(SubjectType.Role, edge.TargetId), ct), edge.Domain, widening);
        if (edge.Effect != widening) return [];
        if (edge.TargetType == TargetType.Permission) return [new Right(edge.Object, edge.Action, edge.Domain)];
        // What is a sister service's nobody has here: whoever grants within that thing alone may, and whoever grants everywhere.
        return edge.Domain == edge.Group ? [] : [new Right(PolicyDefinitionStore.Resource, added ? "create" : "delete", PolicyDefinition.Everywhere)];
    }

    /// <summary>What edges of one effect say that a subject has somewhere in <paramref name="domain"/>, each in the narrower of the two domains.</summary>
    private IEnumerable<Right> Edges(DirectAccess own, string domain, EdgeEffect effect) =>
        from reached in _graph.Reached(own, other => KeyMatch.Overlap(other, domain))
        from edge in reached.Access.Policies
        where edge.Effect == effect && edge.TargetType == TargetType.Permission && KeyMatch.Overlap(edge.Domain, domain)
        select new Right(edge.Object, edge.Action, KeyMatch.Matches(domain, edge.Domain) ? domain : edge.Domain);

    /// <summary>Whether somebody may, in every domain that the right is about.</summary>
    private bool Surely(DirectAccess own, Right right) =>
        _graph.Allows(new AccessQuestion("", right.Domain, right.Object, right.Action), own)
        && !Edges(own, right.Domain, EdgeEffect.Deny).Any(denied => denied.Object == right.Object && denied.Action == right.Action);

    /// <summary>The highest priority that somebody has in all of a domain.</summary>
    private int RankOf(DirectAccess own, string domain) =>
        _graph.Reached(own, pattern => KeyMatch.Matches(domain, pattern))
            .Max(reached => reached.Group is { } name && _roles.GetValueOrDefault(name) is { Status: RoleStatus.Activated } role ? role.Priority : 0);

    /// <summary>The highest priority that a subject has somewhere in a domain, or would have if every role counted; a role has its own.</summary>
    private async Task<int> ReachAsync(Subject subject, string domain, CancellationToken ct) =>
        _graph.Reached(await OwnAsync(subject, ct), other => KeyMatch.Overlap(other, domain))
            .Max(reached => _roles.GetValueOrDefault(reached.Group ?? subject.ToString())?.Priority ?? 0);
}
