using System.Collections.Concurrent;
using Credence.Agents;
using Credence.Keys;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Credentials;

/// <summary>An agent that proved itself at the token endpoint.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Organization">Its organization.</param>
/// <param name="Plan">The organization's plan.</param>
/// <param name="Credential">What it proved itself with; null for its own key.</param>
/// <param name="SigningAlg">How its tokens are signed.</param>
/// <param name="Scopes">What it may ask for.</param>
/// <param name="Works">Whether it may have tokens: it and its organization are active, and it is a member.</param>
public sealed record AgentClient(
    Id<Agent> Agent, Id<Organization> Organization, Plan Plan, Id<Credential>? Credential, KeyAlgorithm SigningAlg, IReadOnlyList<string> Scopes, bool Works)
{
    /// <summary>When the credential ends by itself, or null.</summary>
    public DateTimeOffset? CredentialEnds { get; init; }
}

/// <summary>
/// Finds the agent that a secret proves. What was found is kept in memory, so that a token is issued with one write and no read; marks in the
/// revocation index say within a second on every node when anything about it has changed (as <see cref="FindCaller"/> does for API keys).
/// </summary>
public sealed class FindClient(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <summary>How long a found credential is believed without asking again, unless a mark says that something about it changed.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    /// <summary>How long marks about what is remembered are kept.</summary>
    internal static readonly TimeSpan CacheLife = TimeSpan.FromMinutes(5);

    private const int MostKept = 20_000;
    private readonly ConcurrentDictionary<string, Found> _found = new(StringComparer.Ordinal);
    private int _count; // the dictionary's own Count takes all its locks

    private sealed record Found(AgentClient Client, DateTimeOffset? Until, DateTimeOffset AskedAt)
    {
        public Id<Membership> Membership { get; } = Agents.Membership.IdOf(Client.Organization, Client.Agent);
    }

    /// <returns>The client; null when there is no such agent or the secret is not, or no longer, one of its own.</returns>
    public async ValueTask<AgentClient?> RunAsync(Id<Agent> agent, string secret, CancellationToken ct)
    {
        if (secret.Length is < 16 or > 512) return null;
        var now = clock.Now();
        var hash = Secret.Hash(secret);
        var found = _found.GetValueOrDefault(hash);
        if (found is null || IsStale(found, now)) found = await AskAsync(hash, now, ct);
        return found is not null && found.Client.Agent == agent && (found.Until is null || now < found.Until) ? found.Client : null;
    }

    /// <summary>The client that an agent is which something other than a secret has proven; null when there is no such agent.</summary>
    public Task<AgentClient?> ByAgentAsync(Id<Agent> agent, CancellationToken ct) => db.FirstAsync(
        $"""
        select a.id as agent_id, {ClientColumns}
        from agents a join organizations o on o.id = a.organization_id left join memberships m on m.agent_id = a.id
        where a.id = {agent}
        """,
        row => Client(row, credential: null, KeyAlgorithm.RS256), ct);

    /// <summary>What makes every node look a credential up again.</summary>
    internal static Revocation LookAgain(Id<Credential> credential, DateTimeOffset now) =>
        Revocation.Changed(RevocationKind.CredentialSecret, credential.ToString(), now, now + CacheLife);

    private bool IsStale(Found found, DateTimeOffset now) =>
        now - found.AskedAt >= Fresh
        || revocations.IsRevoked(RevocationKind.CredentialSecret, found.Client.Credential!.Value.Value, found.AskedAt, now)
        || revocations.IsRevoked(RevocationKind.Agent, found.Client.Agent.Value, found.AskedAt, now)
        || revocations.IsRevoked(RevocationKind.Membership, found.Membership.Value, found.AskedAt, now)
        || revocations.IsRevoked(RevocationKind.Organization, found.Client.Organization.Value, found.AskedAt, now)
        || revocations.IsRevoked(RevocationKind.OrganizationPlan, found.Client.Organization.Value, found.AskedAt, now);

    private async Task<Found?> AskAsync(string hash, DateTimeOffset now, CancellationToken ct)
    {
        var found = await db.FirstAsync(
            $"""
            select c.id, c.agent_id, c.hash, c.signing_alg, c.previous_until_ms, c.expires_ms, {ClientColumns}
            from credentials c join agents a on a.id = c.agent_id join organizations o on o.id = a.organization_id left join memberships m on m.agent_id = a.id
            where c.revoked_ms is null and (c.hash = {hash} or c.previous_hash = {hash})
            """,
            row => new Found(
                Client(row, row.Id<Credential>("id"), Enum.Parse<KeyAlgorithm>(row.Text("signing_alg"))) with { CredentialEnds = row.TimeOrNull("expires_ms") },
                Until(row, hash), now),
            ct);
        if (found is null || !found.Client.Works)
        {
            if (_found.TryRemove(hash, out _)) Interlocked.Decrement(ref _count);
            return found;
        }

        if (Volatile.Read(ref _count) >= MostKept)
        {
            _found.Clear(); // rare, cheap to refill, and never more memory than this
            Interlocked.Exchange(ref _count, 0);
        }

        if (_found.TryAdd(hash, found)) Interlocked.Increment(ref _count);
        else _found[hash] = found;
        return found;
    }

    private static Sql ClientColumns => $"a.organization_id, a.status, a.api_scopes, o.plan, o.is_bootstrap, o.suspended_ms, m.role";

    private static AgentClient Client(Row row, Id<Credential>? credential, KeyAlgorithm algorithm) => new(
        row.Id<Agent>("agent_id"), row.Id<Organization>("organization_id"), row.Word<Plan>("plan"), credential, algorithm,
        AgentScopes.Allowed(row.TextsOrNull("api_scopes"), row.Flag("is_bootstrap")),
        Works: row.Text("status") == "active" && row.TimeOrNull("suspended_ms") is null && row.TextOrNull("role") is not null);

    /// <summary>When this secret stops: with the credential, or for the one before a rotation with its grace.</summary>
    private static DateTimeOffset? Until(Row row, string hash)
    {
        var expires = row.TimeOrNull("expires_ms");
        if (row.Text("hash") == hash) return expires;
        var grace = row.TimeOrNull("previous_until_ms") ?? DateTimeOffset.UnixEpoch;
        return expires is { } end && end < grace ? end : grace;
    }
}
