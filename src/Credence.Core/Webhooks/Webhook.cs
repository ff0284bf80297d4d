using Credence.Events;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Webhooks;

/// <summary>Where an organization is told of its events (contract grantex-core 8).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Organization">Whose it is.</param>
/// <param name="Url">Where the events go.</param>
/// <param name="Events">Which events; a subset of <see cref="WebhookEvents.Of"/> its door.</param>
/// <param name="Secrets">What signs, encrypted.</param>
/// <param name="Active">Whether it is told at all.</param>
/// <param name="DisabledReason">Why the server switched it off; null when it did not.</param>
/// <param name="FailingSince">When the first of the attempts failed that have all failed since; null when the last one did not.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it last changed.</param>
public sealed record Webhook(
    Id<Webhook> Id,
    Id<Organization> Organization,
    string Url,
    IReadOnlyList<string> Events,
    SealedSecrets Secrets,
    bool Active,
    string? DisabledReason,
    DateTimeOffset? FailingSince,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "wh_";

    /// <summary>Whose events it is told of, in that door's words.</summary>
    public EventDoor Door { get; init; }

    /// <summary>What its organization calls it; the grants door has no names.</summary>
    public string? Name { get; init; }

    /// <summary>How many attempts failed since the last that did not.</summary>
    public int FailureCount { get; init; }

    internal static Sql Columns { get; } = Sql.Of(
        $"""
        id, organization_id, url, events, secret, previous_secret, previous_until_ms, active, disabled_reason, failing_since_ms, created_ms, updated_ms, door,
        name, failure_count
        """);

    internal static Webhook Read(Row row) => new(
        row.Id<Webhook>("id"),
        row.Id<Organization>("organization_id"),
        row.Text("url"),
        row.Texts("events"),
        new SealedSecrets(row.Text("secret"), row.TextOrNull("previous_secret"), row.TimeOrNull("previous_until_ms")),
        row.Flag("active"),
        row.TextOrNull("disabled_reason"),
        row.TimeOrNull("failing_since_ms"),
        row.Time("created_ms"),
        row.Time("updated_ms"))
    {
        Door = row.Word<EventDoor>("door"),
        Name = row.TextOrNull("name"),
        FailureCount = row.Int("failure_count"),
    };
}

/// <summary>A webhook's secrets as they are stored: encrypted.</summary>
/// <param name="Current">What signs.</param>
/// <param name="Previous">What signs too, until <paramref name="PreviousUntil"/>; null when nothing does.</param>
/// <param name="PreviousUntil">When the previous one signs no more.</param>
public sealed record SealedSecrets(string Current, string? Previous, DateTimeOffset? PreviousUntil);
