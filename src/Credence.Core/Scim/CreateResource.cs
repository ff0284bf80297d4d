using System.Text.Json;
using Credence.Audit;
using Credence.Organizations;
using Credence.Principals;
using Credence.Storage;

namespace Credence.Scim;

/// <summary>A directory tells of a new user or group (RFC 7644 3.3).</summary>
public sealed class CreateResource(Db db, EndPrincipals end, TimeProvider clock)
{
    /// <returns>The resource; or what is wrong with it, or that another has its name or its externalId.</returns>
    public async Task<Result<ScimResource>> RunAsync(ScimCaller caller, ScimKind kind, JsonElement body, CancellationToken ct)
    {
        var read = ReadResource.Read(kind, body);
        if (!read.Succeeded) return read.Failure;
        var members = GroupMembers.Take(read.Value);
        if (!members.Succeeded) return members.Failure;
        if (kind == ScimKind.User) read.Value["active"] ??= true;

        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        await OrganizationStore.HoldAsync(tx, caller.Organization, ct); // names pass from one to another in one order, and ids follow one another in it
        var id = ScimResource.NewId(kind, await ScimStore.LastIdAsync(tx, kind, caller.Organization, ct), now);
        var made = new ScimResource(kind, id, caller.Organization, read.Value, Version: 1, now, now);
        if (!await ScimStore.AddAsync(tx, made, ct)) return ScimFailures.Taken;
        await AuditLog.AppendAsync(tx, caller.Act($"scim_{made.Word}.created", made.Id), now, ct);

        EndPrincipals.Ended? ended = null;
        if (made.IsUser)
        {
            var saved = await UserEffects.SavedAsync(tx, caller, made, now, ct);
            if (!saved.Succeeded) return saved.Failure;
            ended = saved.Value;
        }
        else if (await GroupMembers.SetAsync(tx, made, members.Value, ct) is { Failure: { } unknown })
        {
            return unknown;
        }

        await tx.CommitAsync();
        if (ended is not null) end.Announce(ended);
        return made;
    }
}
