using Credence.Storage;

namespace Credence.Organizations;

/// <summary>A link that was mailed to an address.</summary>
/// <param name="Organization">Who asked for it.</param>
/// <param name="Email">The address.</param>
/// <param name="ExpiresAt">Until when it works.</param>
/// <param name="Opened">Whether it was opened.</param>
public sealed record EmailVerification(Id<Organization> Organization, string Email, DateTimeOffset ExpiresAt, bool Opened);

/// <summary>E-mail verifications in the database, by the hash of the link's secret.</summary>
public static class EmailVerificationStore
{
    /// <summary>One, or null.</summary>
    public static Task<EmailVerification?> FindAsync(DbSession db, string hash, CancellationToken ct) =>
        db.FirstAsync(
            $"select organization_id, email, expires_ms, verified_ms from email_verifications where hash = {hash}",
            row => new EmailVerification(row.Id<Organization>("organization_id"), row.Text("email"), row.Time("expires_ms"), row.LongOrNull("verified_ms") is not null),
            ct);

    /// <summary>Adds one.</summary>
    public static Task AddAsync(DbTx tx, string hash, EmailVerification pending, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"insert into email_verifications (hash, organization_id, email, expires_ms) values ({hash}, {pending.Organization}, {pending.Email}, {pending.ExpiresAt})", ct);

    /// <summary>Remembers that it was opened.</summary>
    public static Task OpenAsync(DbTx tx, string hash, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"update email_verifications set verified_ms = {now} where hash = {hash}", ct);

    /// <summary>Deletes those that expired a month ago; until then opening one again is no error.</summary>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"delete from email_verifications where expires_ms < {now.AddDays(-30)}", ct);
}
