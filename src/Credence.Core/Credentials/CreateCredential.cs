using Credence.Agents;
using Credence.Audit;
using Credence.Keys;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Credentials;

/// <summary>An agent gets a credential (contract agent-idp AE-09).</summary>
public sealed class CreateCredential(Db db, TimeProvider clock)
{
    /// <summary>What it shall be.</summary>
    /// <param name="ExpiresAt">When it stops working, or null.</param>
    /// <param name="SigningAlg">How the tokens are signed that are had with it.</param>
    public sealed record Input(DateTimeOffset? ExpiresAt, KeyAlgorithm SigningAlg);

    /// <returns>The credential, with the only sight of its secret; or that the agent is not there, not the caller's to equip, or not active.</returns>
    public async Task<Result<IssuedCredential>> RunAsync(AgentCaller caller, Id<Agent> agent, Input input, CancellationToken ct)
    {
        var now = clock.Now();
        if (input.ExpiresAt <= now) return CredentialFailures.ExpiresInThePast;
        await using var tx = await db.BeginAsync(ct);
        var found = await ManagedAgent.FindAsync(tx, caller, agent, ct);
        if (!found.Succeeded) return found.Failure;
        if (await AgentStore.PinActiveAsync(tx, found.Value.Organization, agent, ct) is null)
        {
            return found.Value.Status == AgentStatus.Decommissioned ? AgentFailures.Decommissioned : AgentFailures.Suspended;
        }

        var issued = await AddAsync(tx, found.Value.Organization, agent, input, null, caller.Agent.ToString(), now, ct);
        await tx.CommitAsync();
        return issued;
    }

    /// <summary>Adds a credential inside the caller's transaction, with its audit entry and event.</summary>
    internal static async Task<IssuedCredential> AddAsync(
        DbTx tx, Id<Organization> organization, Id<Agent> agent, Input input, string? secret, string by, DateTimeOffset now, CancellationToken ct)
    {
        secret ??= Credential.NewSecret();
        var credential = new Credential(Id<Credential>.New(now), agent, input.SigningAlg, now, input.ExpiresAt, RevokedAt: null);
        await CredentialStore.AddAsync(tx, credential, Secret.Hash(secret), ct);
        await TellAsync(tx, organization, credential, "credential.generated", by, now, ct);
        return new IssuedCredential(credential, secret);
    }

    /// <summary>Records what happened to a credential, and tells of it.</summary>
    internal static async Task TellAsync(
        DbTx tx, Id<Organization> organization, Credential credential, string type, string by, DateTimeOffset now, CancellationToken ct)
    {
        var happened = new AuditEvent(organization.ToString(), type, by, credential.Id.ToString())
        {
            Data = new(StringComparer.Ordinal) { ["agent"] = credential.Agent.ToString() },
        };
        await AuditLog.AppendAsync(tx, happened, now, ct);
        await AgentEvents.AddAsync(tx, organization, credential.Agent, type, data => data.WriteString("credentialId", credential.Id.Value), now, ct);
    }
}
