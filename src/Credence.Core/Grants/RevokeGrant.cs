using Credence.Audit;
using Credence.Events;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.Grants;

/// <summary>A grant is taken back, and with it every grant delegated from it.</summary>
public sealed class RevokeGrant(Db db, RevocationIndex revocations, Metrics metrics, TimeProvider clock, ILogger<RevokeGrant> log)
{
    /// <param name="organization">Whose grant it must be.</param>
    /// <param name="id">Which grant.</param>
    /// <param name="by">Who takes it back: an API key's id, <c>principal</c>, or what the server noticed.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>How many grants ended; or that there is no such grant, or it was over.</returns>
    public Task<Result<int>> RunAsync(Id<Organization> organization, Id<Grant> id, string by, CancellationToken ct) =>
        RunAsync(organization, principal: null, id, by, ct);

    /// <param name="organization">Whose grant it must be.</param>
    /// <param name="principal">The person who must have given it; null when it does not matter.</param>
    /// <param name="id">Which grant.</param>
    /// <param name="by">Who takes it back.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <inheritdoc cref="RunAsync(Id{Organization}, Id{Grant}, string, CancellationToken)"/>
    public async Task<Result<int>> RunAsync(Id<Organization> organization, string? principal, Id<Grant> id, string by, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var grant = await GrantStore.HoldTreeAsync(tx, organization, id, ct);
        if (grant is not { Status: GrantStatus.Active } || (principal is not null && grant.Principal != principal)) return GrantFailures.NotFound;

        var tree = new EndedTree(grant, await EndAsync(tx, grant, by, now, ct));
        await RevocationStore.AddAsync(tx, tree.Marks, ct);
        await tx.CommitAsync();
        Announce(tree, by);
        return tree.Ended.Count;
    }

    /// <summary>Ends several grants, each with its descendants, inside the caller's transaction.</summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="grants">Which, ordered by root and depth: two who end several at once then wait for each other and never in a circle.</param>
    /// <param name="by">Who takes them back.</param>
    /// <param name="now">When.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>What ended. The caller stores the marks last before the commit, and announces each after it.</returns>
    internal static async Task<List<EndedTree>> EndEachAsync(
        DbTx tx, IEnumerable<Grant> grants, string by, DateTimeOffset now, CancellationToken ct)
    {
        var trees = new List<EndedTree>();
        var over = new HashSet<Id<Grant>>();
        foreach (var grant in grants)
        {
            if (over.Contains(grant.Id)) continue; // it went with one above it
            await GrantStore.HoldTreeAsync(tx, grant.Organization, grant.Id, ct);
            var ended = await EndAsync(tx, grant, by, now, ct);
            if (ended.Count == 0) continue;
            over.UnionWith(ended.Select(one => one.Id));
            trees.Add(new EndedTree(grant, ended));
        }

        return trees;
    }

    /// <summary>Ends a grant and its descendants inside the caller's transaction, with their audit entries and the event of the topmost.</summary>
    private static async Task<List<Grant>> EndAsync(DbTx tx, Grant grant, string by, DateTimeOffset now, CancellationToken ct)
    {
        var ended = await GrantStore.RevokeTreeAsync(tx, grant.Id, by, now, ct);
        foreach (var one in ended)
        {
            await AuditLog.AppendAsync(
                tx,
                new AuditEvent(one.Organization.ToString(), "grant.revoked", by, one.Id.ToString())
                {
                    Data = new() { ["agent"] = one.Agent.ToString(), ["principal"] = one.Principal, ["revokedWith"] = grant.Id.ToString() },
                },
                now, ct);
        }

        if (ended.Count == 0) return ended;
        await Outbox.AddAsync(
            tx, grant.Organization.ToString(), "grant.revoked",
            data =>
            {
                data.WriteString("grantId", grant.Id.ToString());
                data.WriteBoolean("cascade", ended.Count > 1);
            },
            now, ct);
        return ended;
    }

    /// <summary>Makes it known here and on the other nodes, once it is committed.</summary>
    internal void Announce(EndedTree tree, string by)
    {
        revocations.Announce(tree.Marks);
        metrics.GrantsRevoked(tree.Ended.Count);
        Log.GrantRevoked(log, tree.Top.Id.ToString(), by, tree.Ended.Count - 1);
    }
}

/// <summary>A grant that ended, with everything that was delegated from it.</summary>
/// <param name="Top">The one that was ended.</param>
/// <param name="Ended">It and its descendants.</param>
internal sealed record EndedTree(Grant Top, List<Grant> Ended)
{
    /// <summary>The marks that make their tokens void; stored last before the commit.</summary>
    public List<Revocation> Marks { get; } =
        [.. Ended.Select(grant => Revocation.Of(RevocationKind.Grant, grant.Id.ToString(), grant.ExpiresAt.AddSeconds(1)))];
}
