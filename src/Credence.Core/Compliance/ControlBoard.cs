using Credence.Storage;

namespace Credence.Compliance;

/// <summary>The controls as the jobs left them, in this node's memory: who asks costs no query (contract agent-idp AE-52).</summary>
public sealed class ControlBoard(Db db, TimeProvider clock)
{
    /// <summary>Whatever was checked longer ago says nothing of now: every job runs more often.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromHours(3);

    private volatile IReadOnlyList<Control> _controls = [.. Control.All.Select(control => new Control(control.Key, ControlStatus.Unknown, "", null))];

    /// <summary>How they stand.</summary>
    public IReadOnlyList<Control> Controls
    {
        get
        {
            var fresh = clock.Now() - Stale;
            return [.. _controls.Select(control => control.CheckedAt < fresh ? control with { Status = ControlStatus.Unknown } : control)];
        }
    }

    /// <summary>Looks again; a worker runs it on every node.</summary>
    public async Task RunAsync(CancellationToken ct) => _controls = await Control.ListAsync(db, ct);
}
