using Credence.Audit;
using Credence.People;
using Credence.Storage;

namespace Credence.Roles;

/// <summary>Somebody gives a role or a permission, or forbids something (contract identity ID-46).</summary>
public sealed class AddPolicyDefinition(Db db, TimeProvider clock)
{
    /// <summary>What the edge is to say.</summary>
    /// <param name="Variant">A membership, or what is allowed.</param>
    /// <param name="Subject">Whom.</param>
    /// <param name="TargetType">What sort of thing it ends at.</param>
    /// <param name="TargetId">That thing's id.</param>
    /// <param name="Domain">Where it holds.</param>
    /// <param name="Action">What may be done; empty for a membership.</param>
    /// <param name="Effect">Whether that is allowed.</param>
    public sealed record Input(EdgeVariant Variant, Subject Subject, TargetType TargetType, string TargetId, string Domain, string Action, EdgeEffect Effect);

    /// <param name="caller">Who adds it.</param>
    /// <param name="within">The domain the caller works in: <c>*</c>, or the one that the edge must be of.</param>
    /// <param name="input">The edge.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The edge; that what it is about is unknown; that there is one like it; or that the caller may not.</returns>
    public async Task<Result<PolicyDefinition>> RunAsync(PersonCaller caller, string within, Input input, CancellationToken ct)
    {
        var now = clock.Now();
        var edge = new PolicyDefinition(
            Id<PolicyDefinition>.New(now), input.Variant, input.Subject, input.TargetType, input.TargetId, input.Domain, input.Action, input.Effect, now, caller.Person.ToString());
        if (!KeyMatch.Matches(edge.Domain, within)) return RoleFailures.Forbidden;

        await using var tx = await db.BeginAsync(ct);
        var authority = await Authority.TakeAsync(tx, ct);
        if (!await IsKnownAsync(tx, edge.Subject, ct)) return RoleFailures.UnknownSubject;
        if (!await IsTargetKnownAsync(tx, edge, ct)) return RoleFailures.UnknownTarget;
        if (await authority.RefusalAsync(Subject.User(caller.Person), edge, added: true, ct) is { } refusal) return refusal;
        if (!await PolicyDefinitionStore.AddAsync(tx, edge, ct)) return RoleFailures.EdgeExists;
        await AuditLog.AppendAsync(tx, caller.Act("policy_definition.created", edge.Id.ToString(), edge.Facts()), now, ct);
        await tx.CommitAsync();
        return edge;
    }

    private static async Task<bool> IsKnownAsync(DbTx tx, Subject subject, CancellationToken ct) => subject.Type == SubjectType.User
        ? PersonId.TryParse(subject.Id, out var person) && await PersonStore.FindAsync(tx, person, ct) is not null
        : Id<Role>.TryParse(subject.Id, out var role) && await RoleStore.FindAsync(tx, role, ct) is not null;

    /// <summary>Merchants and organizers are known to a sister service alone.</summary>
    private static async Task<bool> IsTargetKnownAsync(DbTx tx, PolicyDefinition edge, CancellationToken ct) => edge.TargetType switch
    {
        TargetType.Role => Id<Role>.TryParse(edge.TargetId, out var role) && edge.Subject != Subject.Role(role) && await RoleStore.FindAsync(tx, role, ct) is not null,
        TargetType.Permission => await PermissionEntry.FindAsync(tx, edge.TargetId, ct) is { } permission && permission.Action == edge.Action,
        _ => true,
    };
}
