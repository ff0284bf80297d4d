using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>An organization gives up an identity provider; who signed on with it is signed off.</summary>
public sealed class DeleteConnection(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <returns>The connection as it was, or that there is none.</returns>
    public async Task<Result<Connection>> RunAsync(ApiCaller caller, Id<Connection> id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        await OrganizationStore.HoldAsync(tx, caller.Organization, ct);
        if (await ConnectionStore.HoldAsync(tx, caller.Organization, id, ct) is not { } connection) return SsoFailures.ConnectionNotFound;

        var live = await SsoSessionStore.OfConnectionAsync(tx, id, now, ct);
        await ConnectionStore.DeleteAsync(tx, id, ct);
        await ConnectionStore.SettleEnforcementAsync(tx, caller.Organization, ct);
        await CreateConnection.TellAsync(tx, caller, connection, "deleted", now, ct);
        var marks = await EndSignOn.EndEachAsync(tx, live, caller.Key.ToString(), now, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return connection;
    }
}
