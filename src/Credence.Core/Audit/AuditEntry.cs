namespace Credence.Audit;

/// <summary>An entry of either chain.</summary>
public sealed class AuditEntry : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "alog_";
}
