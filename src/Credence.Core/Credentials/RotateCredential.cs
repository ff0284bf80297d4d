using Credence.Agents;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Credentials;

/// <summary>A credential gets another secret; the one before works on for as long as the grace says (contract agent-idp AE-11). Tokens go on.</summary>
public sealed class RotateCredential(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <summary>The longest grace.</summary>
    public static readonly TimeSpan LongestGrace = TimeSpan.FromDays(1);

    /// <returns>
    /// The credential with its new secret; of rotations at once, one wins and the others are told so: two callers must not each believe that theirs counts.
    /// </returns>
    public async Task<Result<IssuedCredential>> RunAsync(
        AgentCaller caller, Agent agent, Id<Credential> id, DateTimeOffset? expiresAt, TimeSpan grace, CancellationToken ct)
    {
        var now = clock.Now();
        if (expiresAt <= now) return CredentialFailures.ExpiresInThePast;
        var before = await CredentialStore.HashAsync(db, agent.Id, id, ct);
        if (before is null) return CredentialFailures.NotFound;

        var secret = Credential.NewSecret();
        await using var tx = await db.BeginAsync(ct);
        if (await CredentialStore.RotateAsync(tx, id, before, Secret.Hash(secret), grace, expiresAt, now, ct) is not { } after)
        {
            return await CredentialStore.FindAsync(tx, agent.Id, id, ct) is { RevokedAt: null } ? CredentialFailures.Rotated : CredentialFailures.Revoked;
        }

        await CreateCredential.TellAsync(tx, agent.Organization, after, "credential.rotated", caller.Agent.ToString(), now, ct);
        Revocation[] marks = [FindClient.LookAgain(id, now)];
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return new IssuedCredential(after, secret);
    }
}
