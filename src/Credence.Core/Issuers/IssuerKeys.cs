using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Credence.Keys;
using Credence.Outgoing;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.Issuers;

/// <summary>Where an issuer's keys are.</summary>
/// <param name="Address">The address of its key set.</param>
/// <param name="Version">Changes when what is known of it must be forgotten, on every node.</param>
public sealed record KeySource(string Address, string Version);

/// <summary>
/// Key sets of other issuers, fetched through the guarded client and kept for an hour. A token that names an unknown key has the set fetched anew, and a
/// set that cannot be had is asked for again, both at most once a minute: whoever sends such tokens cannot make this server hammer others (contract agent-idp B.11).
/// </summary>
public sealed class IssuerKeys(OutgoingClient client, IssuerOptions options, Metrics metrics, TimeProvider clock, ILogger<IssuerKeys> log) : IDisposable
{
    /// <summary>How long a set is believed.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    /// <summary>How long an address is left alone after it was asked.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private const int MostKept = 1_000;

    private readonly ConcurrentDictionary<KeySource, Kept> _kept = new();

    /// <summary>The key a token names, or null when the issuer does not list it or cannot be asked.</summary>
    public async Task<SigningKey?> FindAsync(KeySource source, string? kid, KeyAlgorithm algorithm, CancellationToken ct)
    {
        if (_kept.Count >= MostKept) _kept.Clear(); // rare, and cheap to refill
        var kept = _kept.GetOrAdd(source, _ => new Kept());
        if (kept.Find(kid, algorithm, clock.Now()) is { } known) return known;
        await RefreshAsync(source, kept).WaitAsync(ct); // a caller who leaves does not end it: others wait for it too
        return kept.Find(kid, algorithm, clock.Now());
    }

    /// <summary>Fetches a set now, whatever is kept.</summary>
    /// <returns>The set, or why there is none: a sentence for whoever gave the address.</returns>
    public async Task<Result<IssuerKeySet>> FetchAsync(string address, CancellationToken ct)
    {
        var fetched = await AskAsync(address, ct);
        metrics.FederationHappened(fetched.Succeeded ? FederationEvent.JwksRefreshed : FederationEvent.JwksFailed);
        if (!fetched.Succeeded) Telemetry.Log.IssuerKeysFailed(log, new Uri(address).Host, fetched.Failure.Detail);
        return fetched;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        foreach (var kept in _kept.Values) kept.Dispose();
    }

    private async Task RefreshAsync(KeySource source, Kept kept)
    {
        await kept.Gate.WaitAsync(CancellationToken.None);
        try
        {
            var now = clock.Now();
            if (now - kept.AskedAt < Pause) return; // somebody just did
            kept.AskedAt = now;
            if (await FetchAsync(source.Address, CancellationToken.None) is { Succeeded: true } fetched) kept.Set = new(fetched.Value, now);
        }
        finally
        {
            kept.Gate.Release();
        }
    }

    private async Task<Result<IssuerKeySet>> AskAsync(string address, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/jwk-set+json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        var answer = await client.SendAsync(request, options.Fetch, ct);
        if (!answer.Succeeded) return answer.Failure;
        if (answer.Value.Status != 200) return IssuerFailures.Status(answer.Value.Status);
        return IssuerKeySet.Read(answer.Value.Body) is { } set && set.Keys.Any(key => key.Key.Algorithm != KeyAlgorithm.EdDSA) ? set : IssuerFailures.NoKeys;
    }

    /// <summary>What is known of one source.</summary>
    private sealed class Kept : IDisposable
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public DateTimeOffset AskedAt { get; set; } = DateTimeOffset.MinValue;

        public Fetched? Set { get; set; }

        public SigningKey? Find(string? kid, KeyAlgorithm algorithm, DateTimeOffset now) =>
            Set is { } set && now - set.At < Life ? set.Keys.Find(algorithm, kid) : null;

        public void Dispose() => Gate.Dispose();
    }

    private sealed record Fetched(IssuerKeySet Keys, DateTimeOffset At);
}
