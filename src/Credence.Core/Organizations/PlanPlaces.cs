using System.Security.Cryptography;
using Credence.Storage;

namespace Credence.Organizations;

/// <summary>The places a plan has left, dealt out over several rows, so that callers of one organization do not wait for each other (design D16).</summary>
internal static class PlanPlaces
{
    /// <summary>After so long places are dealt anew, so that what was added past the gate (under a former plan, by an operator) is counted in the end.</summary>
    private static readonly TimeSpan Good = TimeSpan.FromHours(1);

    private const int Stripes = 16;

    /// <summary>Takes one place, if the row that chance chose has one that was dealt from <paramref name="limit"/>.</summary>
    /// <returns>Whether it did; if not, nothing is held.</returns>
    public static async Task<bool> TakeAsync(DbTx tx, Id<Organization> organization, string what, int limit, DateTimeOffset now, CancellationToken ct)
    {
        // A row that is waited for and then found empty would stay locked, and who deals holds all rows: the savepoint lets go of it.
        await tx.LaterAsync($"savepoint place", ct);
        var taken = await tx.ExecuteAsync(
            $"""
            update plan_places set places = places - 1
            where organization_id = {organization} and resource = {what} and stripe = {RandomNumberGenerator.GetInt32(Stripes)}
                and places > 0 and dealt = {limit} and dealt_ms > {now - Good}
            """,
            ct);
        if (taken == 1) return true;
        await tx.ExecuteAsync($"rollback to savepoint place", ct);
        return false;
    }

    /// <summary>Whether any place is left; holds nothing.</summary>
    public static async Task<bool> AreLeftAsync(DbSession db, Id<Organization> organization, string what, int limit, DateTimeOffset now, CancellationToken ct) =>
        await db.NumberAsync(
            $"""
            select count(*) as n from plan_places
            where organization_id = {organization} and resource = {what} and places > 0 and dealt = {limit} and dealt_ms > {now - Good}
            """,
            ct) > 0;

    /// <summary>Takes every place back, once those who took one have committed.</summary>
    public static Task GatherAsync(DbTx tx, Id<Organization> organization, string what, CancellationToken ct) =>
        tx.ExecuteAsync($"update plan_places set places = 0 where organization_id = {organization} and resource = {what}", ct);

    /// <summary>Deals <paramref name="free"/> places, as evenly as they go.</summary>
    public static async Task DealAsync(
        DbTx tx, Id<Organization> organization, string what, int limit, long free, DateTimeOffset now, CancellationToken ct)
    {
        var rows = Sql.None;
        for (var stripe = 0; stripe < Stripes; stripe++)
        {
            if (stripe > 0) rows.AppendLiteral(", ");
            var places = (free / Stripes) + (stripe < free % Stripes ? 1 : 0);
            rows.AppendFormatted<Sql>($"({organization}, {what}, {stripe}, {places}, {(long)limit}, {now})");
        }

        await tx.ExecuteAsync(
            $"""
            insert into plan_places (organization_id, resource, stripe, places, dealt, dealt_ms) values {rows}
            on conflict (organization_id, resource, stripe) do update set places = excluded.places, dealt = excluded.dealt, dealt_ms = excluded.dealt_ms
            """,
            ct);
    }

    /// <summary>Forgets what was dealt: the organization's plan is another.</summary>
    public static Task ForgetAsync(DbTx tx, Id<Organization> organization, CancellationToken ct) =>
        tx.LaterAsync($"delete from plan_places where organization_id = {organization}", ct);
}
