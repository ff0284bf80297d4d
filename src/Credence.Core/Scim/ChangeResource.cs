using System.Text.Json;
using System.Text.Json.Nodes;
using Credence.Audit;
using Credence.Organizations;
using Credence.Principals;
using Credence.Storage;

namespace Credence.Scim;

/// <summary>
/// A directory replaces a user or group, or changes parts of one (RFC 7644 3.5). A user who is no longer active loses what they granted, in the same transaction.
/// </summary>
public sealed class ChangeResource(Db db, EndPrincipals end, TimeProvider clock)
{
    /// <summary>Replaces it: what the body does not say is no more.</summary>
    /// <returns>The resource; or what is wrong with the change, that it would clash with another, or that the resource is none or another version.</returns>
    public async Task<Result<ScimResource>> ReplaceAsync(
        ScimCaller caller, ScimKind kind, string id, JsonElement body, Func<ScimResource, bool> isWanted, CancellationToken ct)
    {
        var read = ReadResource.Read(kind, body);
        if (!read.Succeeded) return read.Failure;
        var members = GroupMembers.Take(read.Value);
        if (!members.Succeeded) return members.Failure;
        return await RunAsync(caller, kind, id, isWanted, async (tx, before) =>
        {
            if (before.IsUser) read.Value["active"] ??= true;
            if (before.IsUser) return new Edit(read.Value, MembersChanged: false);
            var set = await GroupMembers.SetAsync(tx, before, members.Value, ct);
            return set.Succeeded ? new Edit(read.Value, set.Value) : set.Failure;
        }, ct);
    }

    /// <summary>Carries out the operations of a PATCH, all or none.</summary>
    /// <inheritdoc cref="ReplaceAsync"/>
    public async Task<Result<ScimResource>> PatchAsync(
        ScimCaller caller, ScimKind kind, string id, JsonElement body, Func<ScimResource, bool> isWanted, CancellationToken ct)
    {
        var operations = PatchOperation.ReadAll(kind, body);
        if (!operations.Succeeded) return operations.Failure;
        return await RunAsync(caller, kind, id, isWanted, async (tx, before) =>
        {
            var (after, moved) = (before.Attributes.DeepClone().AsObject(), false);
            foreach (var operation in operations.Value)
            {
                if (!before.IsUser && operation.Target!.Path.Steps[0].Name == GroupMembers.Name)
                {
                    var applied = await GroupMembers.ApplyAsync(tx, before, operation, ct);
                    if (!applied.Succeeded) return applied.Failure;
                    moved |= applied.Value;
                }
                else if (PatchResource.Apply(after, operation) is { } failure)
                {
                    return failure;
                }
            }

            if (before.IsUser) after["active"] ??= before.IsActive; // who has left does not come back because a change says nothing of it
            return ReadResource.Complete(kind, after) is { } problem ? problem : new Edit(after, moved);
        }, ct);
    }

    private sealed record Edit(JsonObject Attributes, bool MembersChanged);

    private async Task<Result<ScimResource>> RunAsync(
        ScimCaller caller, ScimKind kind, string id, Func<ScimResource, bool> isWanted, Func<DbTx, ScimResource, Task<Result<Edit>>> edit, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        await OrganizationStore.HoldAsync(tx, caller.Organization, ct); // names pass from one to another in one order
        if (await ScimStore.HoldAsync(tx, kind, caller.Organization, id, ct) is not { } before) return ScimFailures.NotFound;
        if (!isWanted(before)) return ScimFailures.Outdated;

        var edited = await edit(tx, before);
        if (!edited.Succeeded) return edited.Failure;
        if (!edited.Value.MembersChanged && JsonNode.DeepEquals(edited.Value.Attributes, before.Attributes)) return before; // said again, nothing new

        var after = before with { Attributes = edited.Value.Attributes, Version = before.Version + 1, UpdatedAt = now };
        if (await ScimStore.IsTakenAsync(tx, after, ct)) return ScimFailures.Taken;
        await ScimStore.SaveAsync(tx, after, ct);
        await AuditLog.AppendAsync(tx, caller.Act($"scim_{after.Word}.{Deed(before, after)}", id), now, ct);

        EndPrincipals.Ended? ended = null;
        if (after.IsUser)
        {
            var saved = await UserEffects.SavedAsync(tx, caller, after, now, ct);
            if (!saved.Succeeded) return saved.Failure;
            ended = saved.Value;
        }

        await tx.CommitAsync();
        if (ended is not null) end.Announce(ended);
        return after;
    }

    private static string Deed(ScimResource before, ScimResource after) =>
        before.IsActive == after.IsActive ? "updated" : after.IsActive ? "activated" : "deactivated";
}
