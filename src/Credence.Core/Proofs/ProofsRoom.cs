using Microsoft.Extensions.DependencyInjection;

namespace Credence.Proofs;

/// <summary>What this room offers: one Merkle tree over each organization's audit log, signed checkpoints, proofs, exports and their verification.</summary>
public static class ProofsRoom
{
    /// <summary>Registers the room. <see cref="ProofOptions"/> comes from the host.</summary>
    public static IServiceCollection AddProofs(this IServiceCollection services) => services
        .AddSingleton<CheckpointKeys>()
        .AddSingleton<GrowTiles>()
        .AddSingleton<MakeCheckpoint>()
        .AddSingleton<ProveAudit>()
        .AddSingleton<ExportAudit>()
        .AddSingleton<PublishCheckpoints>()
        .AddSingleton<DropBodies>();
}
