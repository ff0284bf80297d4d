using System.Collections.Concurrent;
using Credence.Outgoing;

namespace Credence.Sso;

/// <summary>What this node knows of identity providers. It is public, so organizations with the same provider share it.</summary>
public sealed class Providers(SsoOptions options, TimeProvider clock) : IDisposable
{
    private const int Most = 1_000; // organizations choose the issuers, so there must be a bound

    private readonly OutgoingClient _http = new(options.Rules);
    private readonly ConcurrentDictionary<string, Provider> _known = new(StringComparer.Ordinal);

    internal Provider Of(string issuer)
    {
        if (_known.TryGetValue(issuer, out var known)) return known;
        if (_known.Count >= Most) _known.Clear(); // what is still in use is fetched once more
        return _known.GetOrAdd(issuer, New);
    }

    /// <summary>One that knows nothing yet, for an owner who asks whether the provider answers now.</summary>
    internal Provider New(string issuer) => new(issuer, _http, options, clock);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
