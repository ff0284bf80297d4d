using System.Diagnostics.Metrics;

namespace Credence.Telemetry;

/// <summary>Which keys sign the tokens of people, to see a rotation through (contract identity B.9).</summary>
public sealed partial class Metrics
{
    /// <summary>Tells how the published keys are looked up, each with where it stands in its life; asked once per scrape.</summary>
    public void FollowSigningKeys(Func<CancellationToken, Task<IReadOnlyList<(string Kid, string State)>>> keys) => _keys.Source = keys;

    /// <summary>The instrument: 1 for each key there is.</summary>
    private sealed class KeyInstruments
    {
        private volatile IReadOnlyList<(string Kid, string State)> _known = [];

        public KeyInstruments(Meter meter) => meter.CreateObservableGauge(
            "identity_signing_key_info", () => _known.Select(key => new Measurement<long>(1, new("kid", key.Kid), new("state", key.State))), null, "Published keys of people's tokens by state");

        public Func<CancellationToken, Task<IReadOnlyList<(string Kid, string State)>>>? Source { get; set; }

        public async Task RefreshAsync(CancellationToken ct)
        {
            _known = []; // which stays so when the source fails: left out rather than told wrong
            if (Source is { } source) _known = await source(ct);
        }
    }
}
