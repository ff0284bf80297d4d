using Credence.Grants;
using Credence.Passkeys;
using Credence.Storage;

namespace Credence.Consent;

/// <summary>What a passkey signed when a consent was proven, kept with the grant that came of it: anybody can check it later, also once the passkey is gone.</summary>
public static class ConsentEvidence
{
    private static readonly TimeSpan KeptWithoutGrant = TimeSpan.FromDays(400); // longer than any code can be exchanged
    private const int PerSweep = 1_000;

    /// <summary>Keeps it, in place of an earlier one for the same request.</summary>
    internal static Task KeepAsync(DbTx tx, ConsentRequest request, PasskeyUse use, DateTimeOffset now, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into consent_evidence (consent_id, organization_id, passkey_id, credential_id, public_key, statement, client_data, authenticator_data,
                signature, created_ms)
            values ({request.Id}, {request.Organization}, {use.Passkey.Id}, {use.Passkey.CredentialId}, {use.Passkey.PublicKey}, {use.Challenge.Details},
                {use.Response.ClientData.ToArray()}, {use.Response.AuthenticatorData.ToArray()}, {use.Response.Signature.ToArray()}, {now})
            on conflict (consent_id) do update set passkey_id = excluded.passkey_id, credential_id = excluded.credential_id, public_key = excluded.public_key,
                statement = excluded.statement, client_data = excluded.client_data, authenticator_data = excluded.authenticator_data,
                signature = excluded.signature, created_ms = excluded.created_ms
            """,
            ct);

    /// <summary>Links it to the grant.</summary>
    public static Task LinkAsync(DbTx tx, Id<ConsentRequest> request, Id<Grant> grant, CancellationToken ct) =>
        tx.LaterAsync($"update consent_evidence set grant_id = {grant} where consent_id = {request}", ct);

    /// <summary>Deletes what no grant came of.</summary>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"""
            delete from consent_evidence where consent_id in
                (select consent_id from consent_evidence where grant_id is null and created_ms < {now - KeptWithoutGrant} limit {PerSweep})
            """,
            ct);
}
