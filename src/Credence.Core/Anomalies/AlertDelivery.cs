using Credence.Organizations;
using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>One alert for one channel.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Organization">Whose it is.</param>
/// <param name="Anomaly">What is told.</param>
/// <param name="Channel">Who is told.</param>
/// <param name="Attempts">How often it was tried, the attempt under way included.</param>
public sealed record AlertDelivery(Id<AlertDelivery> Id, Id<Organization> Organization, Id<Anomaly> Anomaly, Id<Channel> Channel, int Attempts) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "adel_";

    internal static Sql Columns { get; } = Sql.Of($"id, organization_id, anomaly_id, channel_id, attempts");

    internal static AlertDelivery Read(Row row) => new(
        row.Id<AlertDelivery>("id"), row.Id<Organization>("organization_id"), row.Id<Anomaly>("anomaly_id"), row.Id<Channel>("channel_id"), row.Int("attempts"));
}
