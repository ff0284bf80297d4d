using Credence.Audit;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Organizations;

/// <summary>The caller's key gives way to a new one: at once, or after an overlap in which both work.</summary>
public sealed class RotateApiKey(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <returns>The new key with the old one's label and rights; of two rotations at once, one wins and the other's key is no longer valid.</returns>
    public async Task<Result<IssuedApiKey>> RunAsync(ApiCaller caller, TimeSpan overlap, CancellationToken ct)
    {
        var now = clock.Now();
        var plaintext = ApiKey.NewSecret(caller.Mode);
        await using var tx = await db.BeginAsync(ct);

        var ended = overlap > TimeSpan.Zero
            ? await ApiKeyStore.ExpireAsync(tx, caller.Key, now + overlap, ct)
            : await ApiKeyStore.RevokeAsync(tx, caller.Organization, caller.Key, now, ct);
        if (!ended) return OrganizationFailures.InvalidApiKey;

        var key = new ApiKey(Id<ApiKey>.New(now), caller.Organization, "rotated key", caller.ReadOnly, now, ExpiresAt: null, LastUsedAt: null);
        await ApiKeyStore.AddAsync(tx, key, Secret.Hash(plaintext), ct);
        await AuditLog.AppendAsync(tx, caller.Act("api_key.rotated", key.Id.ToString()), now, ct);

        var forgotten = now + FindCaller.CacheLife;
        Revocation[] marks = overlap > TimeSpan.Zero
            ? [Revocation.Changed(RevocationKind.ApiKey, caller.Key.ToString(), now, forgotten)]
            : [Revocation.Of(RevocationKind.ApiKey, caller.Key.ToString(), forgotten)];
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return new IssuedApiKey(key, plaintext);
    }
}
