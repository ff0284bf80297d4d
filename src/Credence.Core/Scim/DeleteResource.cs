using Credence.Audit;
using Credence.Organizations;
using Credence.Principals;
using Credence.Storage;

namespace Credence.Scim;

/// <summary>A directory deletes a user or group (RFC 7644 3.6). What the user granted ends in the same transaction.</summary>
public sealed class DeleteResource(Db db, EndPrincipals end, TimeProvider clock)
{
    /// <returns>True; or that there is no such resource, or it is another version.</returns>
    public async Task<Result<bool>> RunAsync(ScimCaller caller, ScimKind kind, string id, Func<ScimResource, bool> isWanted, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        await OrganizationStore.HoldAsync(tx, caller.Organization, ct); // names pass from one to another in one order
        if (await ScimStore.HoldAsync(tx, kind, caller.Organization, id, ct) is not { } gone) return ScimFailures.NotFound;
        if (!isWanted(gone)) return ScimFailures.Outdated;

        await ScimStore.DeleteAsync(tx, id, ct);
        await AuditLog.AppendAsync(tx, caller.Act($"scim_{gone.Word}.deleted", id), now, ct);
        var ended = gone.IsUser ? await UserEffects.DeletedAsync(tx, caller, gone, now, ct) : null;
        await tx.CommitAsync();
        if (ended is not null) end.Announce(ended);
        return true;
    }
}
