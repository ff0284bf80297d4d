using Credence.Storage;

namespace Credence.Configurations;

/// <summary>
/// What is configured, from memory and never more than two seconds old: a change counts on every node within the contract's five (identity ID-50), an
/// operator's own SQL included. It is a few rows, so they are read whole; while the database is away, what was known stands.
/// </summary>
public sealed class CurrentConfigurations
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    /// <summary>How long a caller waits for the database when something is known already.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Db _db;
    private readonly TimeProvider _clock;
    private Known? _known;

    private sealed record Known(ConfigurationSet Set, DateTimeOffset AskAgainAt);

    /// <summary>Reads through <paramref name="db"/>, and at once again after a change by this process.</summary>
    public CurrentConfigurations(Db db, TimeProvider clock)
    {
        (_db, _clock) = (db, clock);
        db.WhenCommitted(ConfigurationStore.Topic, () => _known = _known is { } known ? known with { AskAgainAt = DateTimeOffset.MinValue } : null);
    }

    /// <summary>What is configured.</summary>
    public async ValueTask<ConfigurationSet> ReadAsync(CancellationToken ct)
    {
        var now = _clock.Now();
        if (Volatile.Read(ref _known) is not { } known) return await AskAsync(now, ct);
        if (now < known.AskAgainAt) return known.Set;
        if (Interlocked.CompareExchange(ref _known, known with { AskAgainAt = now + Patience }, known) != known) return known.Set; // another caller asks
        try
        {
            return await AskAsync(now, ct).WaitAsync(Patience, ct);
        }
        catch (Exception error) when (error is TimeoutException || _db.Engine.IsUnavailable(error))
        {
            return known.Set;
        }
    }

    private async Task<ConfigurationSet> AskAsync(DateTimeOffset now, CancellationToken ct)
    {
        var set = new ConfigurationSet(await ConfigurationStore.ListAsync(_db, ct));
        Volatile.Write(ref _known, new Known(set, now + Fresh));
        return set;
    }
}

/// <summary>Everything that was set for everybody, at one time.</summary>
public sealed class ConfigurationSet
{
    private readonly Dictionary<(string Group, string Code), Configuration> _byName;

    internal ConfigurationSet(IEnumerable<Configuration> configurations) => _byName = configurations.ToDictionary(one => (one.Group, one.Code));

    /// <summary>What was set; null when nothing was.</summary>
    public Configuration? Find(string group, string code) => _byName.GetValueOrDefault((group, code));
}
