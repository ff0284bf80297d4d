using Credence.Organizations;
using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>Where an organization is told of alerts.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Organization">Whose channel it is.</param>
/// <param name="Type">How it is reached.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="SealedTarget">The <see cref="ChannelTarget"/>, encrypted.</param>
/// <param name="Severities">The severities it is told of.</param>
/// <param name="Enabled">Whether it is told of anything.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record Channel(
    Id<Channel> Id,
    Id<Organization> Organization,
    ChannelType Type,
    string Name,
    string SealedTarget,
    IReadOnlyList<string> Severities,
    bool Enabled,
    DateTimeOffset CreatedAt) : IIdentified
{
    /// <summary>How many an organization may have.</summary>
    public const int Most = 20;

    /// <inheritdoc/>
    public static string IdPrefix => "achan_";

    /// <summary>Whether it is told of <paramref name="anomaly"/>, which <paramref name="rule"/> found where an organization's own rule did.</summary>
    public bool Wants(Anomaly anomaly, Rule? rule) =>
        Organization == anomaly.Organization && Enabled
        && (rule is { AlertChannels.Count: > 0 } ? rule.AlertChannels.Any(Names) : Severities.Contains(Words.Of(anomaly.Severity), StringComparer.Ordinal));

    internal static Sql Columns { get; } = Sql.Of($"id, organization_id, type, name, target, severities, enabled, created_ms");

    internal static Channel Read(Row row) => new(
        row.Id<Channel>("id"),
        row.Id<Organization>("organization_id"),
        row.Word<ChannelType>("type"),
        row.Text("name"),
        row.Text("target"),
        row.Texts("severities"),
        row.Flag("enabled"),
        row.Time("created_ms"));

    private bool Names(string word) => word == Id.ToString() || word == Name || word == Words.Of(Type);
}

/// <summary>How a channel is reached.</summary>
public enum ChannelType
{
    /// <summary>An incoming webhook of a chat, which takes <c>{"text": …}</c>.</summary>
    Slack,

    /// <summary>The alert as JSON, signed where a secret is set.</summary>
    Webhook,

    /// <summary>A mail to each address.</summary>
    Email,
}

/// <summary>What is needed to reach a channel; kept encrypted, since the address of a chat's hook lets anybody write there.</summary>
/// <param name="Url">Where to post, or null for mail.</param>
/// <param name="Secret">What signs, or null.</param>
/// <param name="To">The addresses of mail; else empty.</param>
public sealed record ChannelTarget(string? Url, string? Secret, IReadOnlyList<string> To)
{
    /// <summary>A record prints its members; this one never does.</summary>
    public override string ToString() => "[secret]";
}
