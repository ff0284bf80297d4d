using Credence.Audit;
using Credence.Grants;
using Credence.Organizations;
using Credence.Passkeys;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Principals;

/// <summary>Ends what was granted in some names, and the sessions and passkeys of whoever had them, in the transaction of the change that is the reason.</summary>
public sealed class EndPrincipals(RevokeGrant revoke, RevocationIndex revocations)
{
    /// <summary>What ended, to be announced once it is committed.</summary>
    /// <param name="Trees">The grants, each with those delegated from it.</param>
    /// <param name="Sessions">The marks of the sessions.</param>
    /// <param name="By">Who ended them.</param>
    internal sealed record Ended(List<EndedTree> Trees, List<Revocation> Sessions, string By);

    /// <summary>Ends them. It stores the marks as well, so it comes last before the commit.</summary>
    internal static async Task<Ended> RunAsync(DbTx tx, Id<Organization> organization, IReadOnlyList<string> names, string by, DateTimeOffset now, CancellationToken ct)
    {
        var grants = await tx.ListAsync(
            $"""
            select {Grant.Columns} from grants
            where organization_id = {organization} and principal_id in {Sql.List(names)} and status = 'active' and expires_ms > {now}
            order by root_id, depth
            """,
            Grant.Read, ct);
        var trees = await RevokeGrant.EndEachAsync(tx, grants, by, now, ct);
        var sessions = await PrincipalStore.EndAllAsync(tx, organization, names, now, ct);
        foreach (var session in sessions) await AuditLog.AppendAsync(tx, session.Event("principal_session.ended", by), now, ct);
        foreach (var passkey in await PasskeyStore.RemoveAllAsync(tx, organization.ToString(), names, ct))
        {
            await AuditLog.AppendAsync(tx, passkey.Event("passkey.removed", by), now, ct);
        }

        var ended = new Ended(trees, sessions.ConvertAll(one => Revocation.Of(RevocationKind.PrincipalSession, one.Id.ToString(), one.ExpiresAt.AddSeconds(1))), by);
        await RevocationStore.AddAsync(tx, [.. trees.SelectMany(tree => tree.Marks), .. ended.Sessions], ct);
        return ended;
    }

    /// <summary>Makes it known here and on the other nodes.</summary>
    internal void Announce(Ended ended)
    {
        foreach (var tree in ended.Trees) revoke.Announce(tree, ended.By);
        revocations.Announce(ended.Sessions);
    }
}
