using Credence.Organizations;
using Credence.Storage;

namespace Credence.Passkeys;

/// <summary>Passkeys and challenges in the database.</summary>
public static class PasskeyStore
{
    /// <summary>Somebody's passkeys that came to be theirs at least in this way, newest first.</summary>
    public static Task<List<Passkey>> ListAsync(DbSession db, PasskeyOwner owner, PasskeyEnrolment least, CancellationToken ct)
    {
        var counting = Enum.GetValues<PasskeyEnrolment>().Where(one => one >= least);
        return db.ListAsync(
            $"""
            select {Passkey.Columns} from passkeys where realm = {owner.Realm} and owner = {owner.Name} and enrolment in {Sql.List(counting)}
            order by created_ms desc, id desc
            """,
            Passkey.Read, ct);
    }

    /// <summary>The passkey that an authenticator knows by this id, or null.</summary>
    public static Task<Passkey?> FindAsync(DbSession db, string realm, string credentialId, CancellationToken ct) =>
        db.FirstAsync($"select {Passkey.Columns} from passkeys where realm = {realm} and credential_id = {credentialId}", Passkey.Read, ct);

    /// <summary>Adds one.</summary>
    /// <returns>False when the realm has that credential already.</returns>
    public static async Task<bool> AddAsync(DbTx tx, Passkey passkey, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            insert into passkeys (id, realm, owner, credential_id, public_key, sign_count, transports, aaguid, attestation, device_name,
                backup_eligible, backed_up, user_handle, enrolment, created_ms)
            values ({passkey.Id}, {passkey.Owner.Realm}, {passkey.Owner.Name}, {passkey.CredentialId}, {passkey.PublicKey}, {passkey.SignCount},
                {passkey.Transports}, {passkey.Aaguid.ToString()}, {passkey.Attestation}, {passkey.DeviceName},
                {passkey.BackupEligible}, {passkey.BackedUp}, {passkey.UserHandle}, {passkey.Enrolment}, {passkey.CreatedAt})
            on conflict (realm, credential_id) do nothing
            """,
            ct) == 1;

    /// <summary>Moves the counter on, and notes the use. One that does not count stays at 0 (WebAuthn 7.2, step 22).</summary>
    /// <returns>False when it would go back or stand still: of any number of callers with one count, one is told true.</returns>
    public static async Task<bool> UseAsync(DbTx tx, Id<Passkey> id, long signCount, bool backedUp, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            update passkeys set sign_count = {signCount}, backed_up = {backedUp}, last_used_ms = {now}
            where id = {id} and (sign_count < {signCount} or (sign_count = 0 and {signCount} = 0))
            """,
            ct) == 1;

    /// <summary>Removes one of the realm's, or of one owner in it.</summary>
    /// <returns>It as it was; null when there is none.</returns>
    public static async Task<Passkey?> RemoveAsync(DbTx tx, string realm, string? owner, Id<Passkey> id, CancellationToken ct)
    {
        var whose = owner is null ? Sql.None : (Sql)$"and owner = {owner}";
        var removed = await tx.ListAsync($"delete from passkeys where id = {id} and realm = {realm} {whose} returning {Passkey.Columns}", Passkey.Read, ct);
        return removed.Count == 0 ? null : removed[0];
    }

    /// <summary>Removes every one of these owners.</summary>
    public static Task<List<Passkey>> RemoveAllAsync(DbTx tx, string realm, IReadOnlyList<string> owners, CancellationToken ct) =>
        tx.ListAsync($"delete from passkeys where realm = {realm} and owner in {Sql.List(owners)} returning {Passkey.Columns}", Passkey.Read, ct);

    /// <summary>Adds a challenge.</summary>
    public static Task AddAsync(DbTx tx, PasskeyChallenge challenge, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into passkey_challenges (id, value, realm, owner, purpose, subject, details, expires_ms)
            values ({challenge.Id}, {challenge.Value}, {challenge.Owner.Realm}, {challenge.Owner.Name}, {challenge.Purpose}, {challenge.Subject},
                {challenge.Details}, {challenge.ExpiresAt})
            """,
            ct);

    /// <summary>Claims a challenge, whatever comes of the answer: it is gone for everybody else.</summary>
    /// <param name="db">The database; this is a transaction of its own.</param>
    /// <param name="id">Which.</param>
    /// <param name="purpose">What it must have been made for.</param>
    /// <param name="realm">Whose it must be; null where the caller has no realm of its own.</param>
    /// <param name="subject">What it must have been made with; null where only the challenge says.</param>
    /// <param name="now">The time.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The challenge; null when there is none such, it is over, or it was claimed: of any number of callers one has it.</returns>
    public static async Task<PasskeyChallenge?> ClaimAsync(
        Db db, Id<PasskeyChallenge> id, PasskeyPurpose purpose, string? realm, string? subject, DateTimeOffset now, CancellationToken ct)
    {
        var whose = realm is null ? Sql.None : (Sql)$"and realm = {realm}";
        var with = subject is null ? Sql.None : (Sql)$"and subject = {subject}";
        await using var tx = await db.BeginAsync(ct);
        var claimed = await tx.ListAsync(
            $"delete from passkey_challenges where id = {id} and purpose = {purpose} and expires_ms > {now} {whose} {with} returning {PasskeyChallenge.Columns}",
            PasskeyChallenge.Read, ct);
        await tx.CommitAsync();
        return claimed.Count == 0 ? null : claimed[0];
    }

    /// <summary>Deletes challenges whose time is over.</summary>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"delete from passkey_challenges where expires_ms <= {now}", ct);
}
