using Credence.Organizations;
using Credence.Storage;

namespace Credence.Consent;

/// <summary>Consent requests in the database.</summary>
public static class ConsentStore
{
    /// <summary>One request, or null.</summary>
    public static Task<ConsentRequest?> FindAsync(DbSession db, Id<ConsentRequest> id, CancellationToken ct) =>
        db.FirstAsync($"select {ConsentRequest.Columns} from consent_requests where id = {id}", ConsentRequest.Read, ct);

    /// <summary>The request whose approval gave <paramref name="code"/>, or null when it is not this organization's.</summary>
    public static Task<ConsentRequest?> FindByCodeAsync(DbSession db, Id<Organization> organization, string code, CancellationToken ct) =>
        db.FirstAsync(
            $"select {ConsentRequest.Columns} from consent_requests where code_hash = {Secret.Hash(code)} and organization_id = {organization}",
            ConsentRequest.Read, ct);

    /// <summary>Adds one; <paramref name="code"/> when it is approved from the start.</summary>
    public static Task AddAsync(DbTx tx, ConsentRequest request, string? code, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into consent_requests (id, organization_id, agent_id, principal_id, scopes, redirect_uri, state, audience, lifetime_ms, expires_ms,
                status, proof, code_hash, code_challenge, created_ms)
            values ({request.Id}, {request.Organization}, {request.Agent}, {request.Principal}, {request.Scopes}, {request.RedirectUri}, {request.State},
                {request.Audience}, {(long)request.Lifetime.TotalMilliseconds}, {request.ExpiresAt}, {request.Status}, {request.Proof},
                {(code is null ? null : Secret.Hash(code))}, {request.CodeChallenge}, {request.CreatedAt})
            """,
            ct);

    /// <summary>Approves a pending, unexpired request.</summary>
    /// <returns>False when somebody decided before, or it expired: one statement decides.</returns>
    public static async Task<bool> ApproveAsync(
        DbTx tx, Id<ConsentRequest> id, ConsentProof proof, string code, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            update consent_requests set status = 'approved', proof = {proof}, code_hash = {Secret.Hash(code)}, decided_ms = {now}
            where id = {id} and status = 'pending' and expires_ms > {now}
            """,
            ct) == 1;

    /// <summary>Refuses a pending request, expired or not.</summary>
    /// <returns>False when somebody decided before.</returns>
    public static async Task<bool> DenyAsync(DbTx tx, Id<ConsentRequest> id, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync($"update consent_requests set status = 'denied', decided_ms = {now} where id = {id} and status = 'pending'", ct) == 1;

    /// <summary>Notes that a passkey has proven who is deciding a pending, unexpired request.</summary>
    /// <returns>False when it was decided before, or expired.</returns>
    internal static async Task<bool> ProveAsync(DbTx tx, Id<ConsentRequest> id, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync($"update consent_requests set proven_ms = {now} where id = {id} and status = 'pending' and expires_ms > {now}", ct) == 1;

    /// <summary>Deletes requests that expired a week ago; what became of them is in the audit log.</summary>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"delete from consent_requests where expires_ms < {now.AddDays(-7)}", ct);

    /// <summary>Spends the code of an approved, unexpired request.</summary>
    /// <returns>False when it was spent before: of any number of callers one is told true.</returns>
    public static async Task<bool> ConsumeAsync(DbTx tx, Id<ConsentRequest> id, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync($"update consent_requests set status = 'consumed' where id = {id} and status = 'approved' and expires_ms > {now}", ct) == 1;
}
