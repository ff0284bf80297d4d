using Credence.Audit;
using Credence.Storage;

namespace Credence.People;

/// <summary>A person is signed in, on one device (contract identity ID-16). It goes on for as long as its refresh tokens are used in time.</summary>
/// <param name="Id">Its id: the <c>sid</c> of its tokens.</param>
/// <param name="Person">Who.</param>
/// <param name="ClientId">The program they say they use, or null.</param>
/// <param name="Origin">Where they signed in from.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="LastSeenAt">When it was last refreshed.</param>
/// <param name="ExpiresAt">When it ends at the latest.</param>
/// <param name="EndedAt">When it was ended, or null.</param>
/// <param name="How">How they signed in; null where it began before that was kept.</param>
public sealed record PersonSession(
    Id<PersonSession> Id, PersonId Person, string? ClientId, AuditOrigin Origin, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, DateTimeOffset ExpiresAt,
    DateTimeOffset? EndedAt, Authentication? How) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "ses_";

    /// <summary>How long a session lasts at most (contract identity ID-12).</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <summary>How long a refresh token waits for its use (contract identity ID-12).</summary>
    public static readonly TimeSpan LongestIdle = TimeSpan.FromDays(30);

    /// <summary>How long after signing in somebody may change how they sign in (contract standards 18).</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    /// <summary>Whether they signed in just now.</summary>
    public bool IsFresh(DateTimeOffset now) => now < CreatedAt + Fresh;

    /// <summary>Whether it goes on.</summary>
    public bool IsLive(DateTimeOffset now) => EndedAt is null && now < ExpiresAt;

    /// <summary>A session that begins.</summary>
    public static PersonSession New(PersonId person, string? clientId, AuditOrigin origin, Authentication how, DateTimeOffset now) =>
        new(Id<PersonSession>.New(now), person, clientId, origin, now, now, now + Longest, EndedAt: null, how);

    internal static Sql Columns { get; } = Sql.Of($"id, person_id, client_id, address, user_agent, created_ms, last_seen_ms, expires_ms, ended_ms, methods");

    internal static PersonSession Read(Row row) => new(
        row.Id<PersonSession>("id"), row.Person("person_id"), row.TextOrNull("client_id"), new AuditOrigin(row.TextOrNull("address"), row.TextOrNull("user_agent")),
        row.Time("created_ms"), row.Time("last_seen_ms"), row.Time("expires_ms"), row.TimeOrNull("ended_ms"),
        row.TextsOrNull("methods") is { } methods ? new Authentication(methods) : null);
}

/// <summary>A token of a person's session. It is no row anywhere: its <c>jti</c> is this id as a UUID.</summary>
public sealed class PersonToken : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "pt_";

    /// <summary>The most that <c>APP_ENV_JWT_EXPIRES_IN</c> may say; marks about people and sessions are kept as long.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(7);
}
