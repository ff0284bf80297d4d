using Credence.Audit;
using Credence.Storage;

namespace Credence.Passkeys;

/// <summary>A passkey proves nothing any more: its organization or its owner removes it.</summary>
public sealed class RemovePasskey(Db db, PasskeyNotice notice, TimeProvider clock)
{
    /// <param name="realm">Within what.</param>
    /// <param name="owner">Whose it must be; null where the organization may remove any of its own.</param>
    /// <param name="id">Which.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>True; or that there is no such passkey.</returns>
    public async Task<Result<bool>> RunAsync(string realm, string? owner, Id<Passkey> id, string actor, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await PasskeyStore.RemoveAsync(tx, realm, owner, id, ct) is not { } removed) return PasskeyFailures.NotFound;
        await AuditLog.AppendAsync(tx, removed.Event("passkey.removed", actor), now, ct);
        await notice.AddAsync(tx, removed, PasskeyNotice.Removed, ct);
        await tx.CommitAsync();
        return true;
    }
}
