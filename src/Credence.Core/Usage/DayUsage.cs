using Credence.Storage;

namespace Credence.Usage;

/// <summary>What is counted (contract grantex-core 13).</summary>
public enum UsageKind
{
    /// <summary>A consent was asked for.</summary>
    Authorization,

    /// <summary>A code became a grant.</summary>
    TokenExchange,
}

/// <summary>What an organization used on one day.</summary>
/// <param name="Day">Its midnight, UTC.</param>
/// <param name="Authorizations">How often consent was asked for.</param>
/// <param name="TokenExchanges">How many codes became grants.</param>
/// <param name="Verifications">How many tokens were shown for verification.</param>
public sealed record DayUsage(DateTimeOffset Day, long Authorizations, long TokenExchanges, long Verifications)
{
    /// <summary>All of it.</summary>
    public long Total => Authorizations + TokenExchanges + Verifications;

    internal static DayUsage Read(Row row) =>
        new(row.Time("day_ms"), row.Long("authorizations"), row.Long("token_exchanges"), row.Long("verifications"));
}
