using Credence.Server.Hosting;
using Credence.Storage;

namespace Credence.Server.Workers;

/// <summary>
/// Says once that PostgreSQL went and once that it came back, however many requests run into it meanwhile (contract agent-idp A.4 16, C.4).
/// It watches the round that asks the database every second.
/// </summary>
internal sealed class DatabaseOutage(Db db, ILogger<DatabaseOutage> log)
{
    private bool _isAway;

    /// <summary>The same round, watched.</summary>
    public Func<CancellationToken, Task> Watch(Func<CancellationToken, Task> round) => async ct =>
    {
        try
        {
            await round(ct);
        }
        catch (Exception error) when (!_isAway && db.Engine.Kind == EngineKind.Postgres && db.Engine.IsUnavailable(error))
        {
            _isAway = true;
            HostLog.DatabaseLost(log, error.Message);
            throw;
        }

        if (!_isAway) return;
        _isAway = false;
        HostLog.DatabaseBack(log);
    };
}
