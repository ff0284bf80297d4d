using Credence.Audit;
using Credence.Storage;

namespace Credence.Organizations;

/// <summary>Somebody opened the link that <see cref="SendEmailVerification"/> mailed.</summary>
public sealed class VerifyEmail(Db db, TimeProvider clock)
{
    /// <summary>What was proven.</summary>
    /// <param name="Email">The address, or null when it had been proven before.</param>
    public sealed record Output(string? Email);

    /// <returns>The address; opening the link again is no error.</returns>
    public async Task<Result<Output>> RunAsync(string secret, CancellationToken ct)
    {
        var now = clock.Now();
        var hash = Secret.Hash(secret);
        await using var tx = await db.BeginAsync(ct);
        var pending = await EmailVerificationStore.FindAsync(tx, hash, ct);
        if (pending is null) return OrganizationFailures.VerificationNotFound;
        if (pending.Opened) return new Output(null);
        if (pending.ExpiresAt <= now) return OrganizationFailures.VerificationExpired;

        var organization = await OrganizationStore.HoldAsync(tx, pending.Organization, ct);
        if (organization is null) return OrganizationFailures.VerificationNotFound;
        try
        {
            await OrganizationStore.SaveAsync(tx, organization with { Email = pending.Email, EmailVerified = true }, ct);
        }
        catch (Exception error) when (db.Engine.IsDuplicate(error))
        {
            return OrganizationFailures.EmailTaken;
        }

        await EmailVerificationStore.OpenAsync(tx, hash, now, ct);
        await AuditLog.AppendAsync(
            tx, new AuditEvent(organization.Id.ToString(), "organization.email_verified", organization.Id.ToString(), organization.Id.ToString()), now, ct);
        await tx.CommitAsync();
        return new Output(pending.Email);
    }
}
