using Credence.Keys;

namespace Credence.Server.Workers;

/// <summary>
/// Keeps the key ring up to date; and loads it first, when the start could not because migrations were pending (contract operations O17).
/// </summary>
internal sealed class KeyCare(KeyRing ring, LoadKeys load, ReloadKeys reload)
{
    /// <summary>One round.</summary>
    public Task RunAsync(CancellationToken ct) => ring.IsReady ? reload.RunAsync(ct) : load.RunAsync(ct);
}
