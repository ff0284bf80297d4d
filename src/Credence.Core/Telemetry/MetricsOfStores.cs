using System.Diagnostics.Metrics;

namespace Credence.Telemetry;

/// <summary>Whether the stores answer, so that Prometheus hears of an outage without another program that asks <c>/health</c> (contract operations O48).</summary>
public sealed partial class Metrics
{
    /// <summary>Tells how each store is asked; once per scrape.</summary>
    /// <param name="database">Whether the database answers.</param>
    /// <param name="redis">Whether Redis does; null where there is none by choice.</param>
    public void FollowStores(Func<CancellationToken, Task<bool>> database, Func<CancellationToken, Task<bool>>? redis)
    {
        _stores.Database.Source = async ct => await database(ct) ? 1 : 0;
        if (redis is not null) _stores.Redis.Source = async ct => await redis(ct) ? 1 : 0;
    }

    /// <summary>Asks both stores at once.</summary>
    public Task RefreshStoresAsync(CancellationToken ct)
    {
        _stores.Database.Forget();
        _stores.Redis.Forget();
        return Task.WhenAll(_stores.Database.RefreshAsync(ct), _stores.Redis.RefreshAsync(ct));
    }

    /// <summary>The instrument.</summary>
    private sealed class StoreInstruments
    {
        public StoreInstruments(Meter meter) => meter.CreateObservableGauge(
            "grantex_store_up", () => Database.Known(Store("db")).Concat(Redis.Known(Store("redis"))), null, "1 while the store answers, else 0; asked at each scrape");

        public FollowedGauge Database { get; } = new();

        public FollowedGauge Redis { get; } = new();

        private static KeyValuePair<string, object?> Store(string name) => new("store", name);
    }
}
