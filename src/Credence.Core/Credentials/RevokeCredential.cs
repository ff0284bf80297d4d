using Credence.Agents;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Credentials;

/// <summary>A credential ends, and with it every token that was had with it (contract agent-idp AE-12).</summary>
public sealed class RevokeCredential(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <returns>True; or that there is no such credential, or that it was ended before.</returns>
    public async Task<Result<bool>> RunAsync(AgentCaller caller, Agent agent, Id<Credential> id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await CredentialStore.FindAsync(tx, agent.Id, id, ct) is null) return CredentialFailures.NotFound;
        var ended = await CredentialStore.RevokeAsync(tx, agent.Id, id, now, ct);
        if (ended.Count == 0) return CredentialFailures.Revoked;

        var marks = await EndAsync(tx, agent, ended, caller.Agent.ToString(), now, ct);
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return true;
    }

    /// <summary>Ends every credential of an agent inside the caller's transaction.</summary>
    /// <returns>Marks that the caller stores last before its commit and announces after it.</returns>
    internal static async Task<List<Revocation>> EndAllOfAsync(DbTx tx, Agent agent, string by, DateTimeOffset now, CancellationToken ct) =>
        await EndAsync(tx, agent, await CredentialStore.RevokeAsync(tx, agent.Id, null, now, ct), by, now, ct);

    private static async Task<List<Revocation>> EndAsync(DbTx tx, Agent agent, List<Credential> ended, string by, DateTimeOffset now, CancellationToken ct)
    {
        var marks = new List<Revocation>();
        foreach (var credential in ended)
        {
            await CreateCredential.TellAsync(tx, agent.Organization, credential, "credential.revoked", by, now, ct);
            marks.Add(Revocation.Of(RevocationKind.Credential, credential.Id.ToString(), now + AccessToken.LongestLife));
            marks.Add(FindClient.LookAgain(credential.Id, now));
        }

        return marks;
    }
}
