using System.Collections.Concurrent;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Organizations;

/// <summary>
/// Finds who an API key speaks for. What was found is kept in memory for <see cref="Fresh"/>, so that verification routes do no I/O (design D14);
/// a revoked key is known at once from the revocation index, and while the database is away a known key goes on working for as long as
/// <see cref="CacheLife"/> lets it.
/// </summary>
public sealed class FindCaller(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <summary>How long a found key is believed without asking again, unless a mark in the revocation index says that something about it changed.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    /// <summary>How long a found key is believed while the database cannot be asked; a revocation mark lives as long.</summary>
    public static readonly TimeSpan CacheLife = TimeSpan.FromMinutes(5);

    /// <summary>How long a caller with a known key waits for the database; until then the others with that key do not ask.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const int MostKept = 20_000;
    private readonly ConcurrentDictionary<string, Found> _found = new(StringComparer.Ordinal);

    private sealed record Found(ApiCaller Caller, DateTimeOffset? ExpiresAt, DateTimeOffset AskedAt, DateTimeOffset AskAgainAt);

    /// <returns>The caller, or that the key is not valid: unknown, revoked, expired and malformed keys look the same.</returns>
    public async ValueTask<Result<ApiCaller>> RunAsync(string apiKey, CancellationToken ct)
    {
        if (apiKey.Length is < 16 or > 512) return OrganizationFailures.InvalidApiKey;
        var now = clock.Now();
        var hash = Secret.Hash(apiKey);

        var found = _found.GetValueOrDefault(hash);
        if (found is not null && (now - found.AskedAt >= CacheLife || revocations.IsRevoked(RevocationKind.ApiKey, found.Caller.Key.Value, found.AskedAt, now))) found = null;
        if (found is null) found = await AskAsync(hash, now, ct);
        else if (now >= found.AskAgainAt) found = await AskAgainAsync(hash, found, now, ct);
        return found is not null && (found.ExpiresAt is null || now < found.ExpiresAt) ? found.Caller : OrganizationFailures.InvalidApiKey;
    }

    /// <summary>One caller asks; while the database does not answer, what was found before stands.</summary>
    private async Task<Found?> AskAgainAsync(string hash, Found before, DateTimeOffset now, CancellationToken ct)
    {
        var waiting = before with { AskAgainAt = now + Patience };
        if (!_found.TryUpdate(hash, waiting, before)) return before; // another caller asks
        try
        {
            return await AskAsync(hash, now, ct).WaitAsync(Patience, ct);
        }
        catch (Exception error) when (error is TimeoutException || db.Engine.IsUnavailable(error))
        {
            return before;
        }
    }

    private async Task<Found?> AskAsync(string hash, DateTimeOffset now, CancellationToken ct)
    {
        var found = await db.FirstAsync(
            $"""
            select k.id, k.organization_id, k.read_only, k.expires_ms, o.mode, o.plan
            from api_keys k join organizations o on o.id = k.organization_id
            where k.hash = {hash} and k.revoked_ms is null and o.suspended_ms is null
            """,
            row => new Found(
                new ApiCaller(row.Id<Organization>("organization_id"), row.Id<ApiKey>("id"), row.Word<OrganizationMode>("mode"), row.Word<Plan>("plan"), row.Flag("read_only")),
                row.TimeOrNull("expires_ms"),
                AskedAt: now,
                AskAgainAt: now + Fresh),
            ct);
        if (found is null)
        {
            _found.TryRemove(hash, out _);
            return null;
        }

        if (_found.Count >= MostKept) _found.Clear(); // rare, cheap to refill, and never more memory than this
        _found[hash] = found;
        await using var tx = await db.BeginAsync(ct);
        await ApiKeyStore.TouchAsync(tx, found.Caller.Key, now, ct);
        await tx.CommitAsync();
        return found;
    }
}
