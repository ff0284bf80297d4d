using Credence.Audit;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Organizations;

/// <summary>An organization ends one of its keys.</summary>
public sealed class RevokeApiKey(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <returns>True; or that there is no such key, or that nobody could manage the organization without it.</returns>
    public Task<Result<bool>> RunAsync(ApiCaller caller, Id<ApiKey> id, CancellationToken ct) => RunAsync(caller.Organization, id, caller.Key.ToString(), ct);

    /// <summary>The same by an operator.</summary>
    /// <inheritdoc cref="RunAsync(ApiCaller, Id{ApiKey}, CancellationToken)"/>
    public async Task<Result<bool>> RunAsync(Id<Organization> organization, Id<ApiKey> id, string by, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);

        await OrganizationStore.HoldAsync(tx, organization, ct); // two calls at once must not end the last two keys
        var keys = await ApiKeyStore.ListAsync(tx, organization, now, ct);
        if (keys.TrueForAll(key => key.Id != id)) return OrganizationFailures.ApiKeyNotFound;
        if (keys.TrueForAll(key => key.Id == id || key.ReadOnly)) return OrganizationFailures.LastApiKey;

        await ApiKeyStore.RevokeAsync(tx, organization, id, now, ct);
        await AuditLog.AppendAsync(tx, new AuditEvent(organization.ToString(), "api_key.revoked", by, id.ToString()), now, ct);
        Revocation[] marks = [Revocation.Of(RevocationKind.ApiKey, id.ToString(), now + FindCaller.CacheLife)];
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return true;
    }
}
