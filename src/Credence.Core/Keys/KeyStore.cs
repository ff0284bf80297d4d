using System.Text.Json;
using Credence.Storage;

namespace Credence.Keys;

/// <summary>A row of <c>signing_keys</c>.</summary>
internal sealed record KeyRow(
    string Kid,
    KeyAlgorithm Algorithm,
    KeyStatus Status,
    PublicJwk Jwk,
    string? Private,
    DateTimeOffset Created,
    DateTimeOffset? Activated,
    DateTimeOffset? Retired,
    DateTimeOffset? RemoveAfter)
{
    /// <summary>Whether verifiers are to know it.</summary>
    public bool IsPublished(DateTimeOffset now) => Status != KeyStatus.Revoked && (RemoveAfter is null || RemoveAfter > now);
}

/// <summary>The keys in the database. Each change is one conditional statement whose row count says whether this node was the one.</summary>
internal static class KeyStore
{
    /// <summary>What private keys are encrypted for; see <see cref="Envelope"/>.</summary>
    public const string Purpose = "signing_keys.private_key";

    public static Task<List<KeyRow>> ListAsync(DbSession db, CancellationToken ct) =>
        db.ListAsync($"select {Columns} from signing_keys order by created_ms desc, kid", Read, ct);

    /// <summary>Adds a key, unless its algorithm has one in that place already.</summary>
    public static async Task<bool> AddAsync(DbTx tx, KeyRow row, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            insert into signing_keys (kid, algorithm, status, public_jwk, private_key, created_ms, activated_ms, retired_ms, remove_after_ms)
            values ({row.Kid}, {row.Algorithm.ToString()}, {row.Status}, {JsonSerializer.Serialize(row.Jwk, KeysJson.Default.PublicJwk)}, {row.Private},
                    {row.Created}, {row.Activated}, {row.Retired}, {row.RemoveAfter})
            on conflict do nothing
            """,
            ct) == 1;

    /// <summary>The next key takes over, if nobody has moved it and no key is current.</summary>
    public static async Task<bool> PromoteAsync(DbTx tx, KeyRow row, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            update signing_keys set status = 'current', activated_ms = {now}
            where kid = {row.Kid} and status = 'next'
              and not exists (select 1 from signing_keys where algorithm = {row.Algorithm.ToString()} and status = 'current')
            """,
            ct) == 1;

    /// <summary>A key signs no more, and its private part goes.</summary>
    public static async Task<bool> RetireAsync(DbTx tx, KeyRow row, DateTimeOffset now, DateTimeOffset removeAfter, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            update signing_keys set status = 'retired', private_key = null, retired_ms = {now}, remove_after_ms = {removeAfter}
            where kid = {row.Kid} and status = {row.Status} and status <> 'retired'
            """,
            ct) == 1;

    /// <summary>A key verifies no more, whatever it was; its row stays, so that nobody takes it up again.</summary>
    public static Task RevokeAsync(DbTx tx, KeyRow row, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"""
            update signing_keys set status = 'revoked', private_key = null, retired_ms = coalesce(retired_ms, {now}), remove_after_ms = null
            where kid = {row.Kid} and status <> 'revoked'
            """,
            ct);

    /// <summary>A key given from outside is in use now: those that do not hold it know it until <paramref name="until"/>.</summary>
    public static Task RememberAsync(DbTx tx, SigningKey key, DateTimeOffset now, DateTimeOffset until, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"""
            insert into signing_keys (kid, algorithm, status, public_jwk, created_ms, remove_after_ms)
            values ({key.Kid}, {key.Algorithm.ToString()}, 'retired', {JsonSerializer.Serialize(key.Jwk, KeysJson.Default.PublicJwk)}, {now}, {until})
            on conflict (kid) do update set remove_after_ms = excluded.remove_after_ms
            where signing_keys.status = 'retired' and signing_keys.remove_after_ms < excluded.remove_after_ms
            """,
            ct);

    /// <summary>Replaces an encrypted private part by the same under the current key, if it has not changed meanwhile.</summary>
    public static async Task<bool> RewrapAsync(DbTx tx, KeyRow row, string wrapped, CancellationToken ct) =>
        await tx.ExecuteAsync($"update signing_keys set private_key = {wrapped} where kid = {row.Kid} and private_key = {row.Private}", ct) == 1;

    /// <summary>Forgets keys whose last token has expired.</summary>
    public static Task<int> RemoveExpiredAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"delete from signing_keys where status = 'retired' and remove_after_ms <= {now}", ct);

    private static Sql Columns { get; } = Sql.Of($"kid, algorithm, status, public_jwk, private_key, created_ms, activated_ms, retired_ms, remove_after_ms");

    private static KeyRow Read(Row row) => new(
        row.Text("kid"),
        Enum.Parse<KeyAlgorithm>(row.Text("algorithm")),
        row.Word<KeyStatus>("status"),
        JsonSerializer.Deserialize(row.Text("public_jwk"), KeysJson.Default.PublicJwk)!,
        row.TextOrNull("private_key"),
        row.Time("created_ms"),
        row.TimeOrNull("activated_ms"),
        row.TimeOrNull("retired_ms"),
        row.TimeOrNull("remove_after_ms"));
}
