using System.Text.Json.Nodes;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Scim;

/// <summary>
/// Lists users or groups. What the database can decide it decides, and reads no more than the part that is asked for; only what it cannot is looked at
/// here, some rows at a time, of which no more than ids and what they are sorted by is kept.
/// </summary>
public sealed class ListResources(Db db)
{
    private const int PerLook = 500;
    private const int MostLooked = 100_000;

    /// <param name="organization">Whose.</param>
    /// <param name="query">Which.</param>
    /// <param name="home">The address of <c>/scim/v2</c>.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The part of the list; or that it would take too long.</returns>
    public async Task<Result<ScimPage>> RunAsync(Id<Organization> organization, ScimQuery query, string home, CancellationToken ct)
    {
        var columns = ScimIndexes.Of(query.Kind, organization.ToString());
        var where = query.Filter is { } filter ? FilterSql.Of(filter, columns) : new FilterSql($"1 = 1", true);
        var order = query.SortBy is { } by ? columns.Order(by.Name) : "id";
        if (query.Cursor is not null) return await FollowAsync(organization, query, where, home, ct);
        if (!where.IsExact || order is null) return await LookAsync(organization, query, where, home, ct);

        var total = await ScimStore.CountAsync(db, query.Kind, organization, where.Condition, ct);
        if (query.Count == 0 || query.StartIndex > total) return new ScimPage(total, [], null);
        var rows = await ScimStore.PartAsync(
            db, query.Kind, organization, where.Condition, Order(order, query.IsDescending), query.StartIndex - 1, query.Count, ct);
        return new ScimPage(total, await ShowAsync(rows, query, home, ct), null);
    }

    /// <summary>What has no value comes last (RFC 7644 3.4.2.3); the id decides among equals.</summary>
    private static Sql Order(string column, bool isDescending) =>
        ScimColumns.Raw(isDescending ? $"{column} is null desc, {column} desc, id desc" : $"{column} is null, {column}, id");

    /// <summary>By index through what must be looked at: all of it, each time, because the total is part of the answer.</summary>
    private async Task<Result<ScimPage>> LookAsync(Id<Organization> organization, ScimQuery query, FilterSql where, string home, CancellationToken ct)
    {
        var (found, looked, after) = (new List<(string Id, string? Key)>(), 0, "");
        while (true)
        {
            var rows = await BehindAsync(organization, query, where, after, PerLook, ct);
            foreach (var one in await MatchingAsync(rows, query, home, ct)) found.Add((one["id"]!.GetValue<string>(), SortKey(query, one)));
            if (rows.Count < PerLook) break;
            after = rows[^1].Id;
            if ((looked += rows.Count) >= MostLooked) return ScimFailures.TooMany(MostLooked);
        }

        IEnumerable<(string Id, string? Key)> sorted = query.SortBy is null ? found
            : found.OrderBy(one => one.Key is null).ThenBy(one => one.Key, StringComparer.Ordinal).ThenBy(one => one.Id, StringComparer.Ordinal);
        if (query.IsDescending) sorted = sorted.Reverse();
        var ids = sorted.Skip((int)Math.Min(query.StartIndex - 1, int.MaxValue)).Take(query.Count).Select(one => one.Id).ToList();
        var byId = (await ScimStore.EachAsync(db, query.Kind, organization, ids, ct)).ToDictionary(one => one.Id, StringComparer.Ordinal);
        return new ScimPage(found.Count, await ShowAsync([.. ids.Where(byId.ContainsKey).Select(id => byId[id])], query, home, ct), null);
    }

    /// <summary>By cursor: those behind an id, whatever came or went before it (RFC 9865).</summary>
    private async Task<Result<ScimPage>> FollowAsync(Id<Organization> organization, ScimQuery query, FilterSql where, string home, CancellationToken ct)
    {
        var (after, found, looked) = (query.Cursor!, new List<string>(), 0);
        var isOver = query.Count == 0;
        while (!isOver && found.Count <= query.Count) // one more than asked for says whether there is a next part
        {
            var rows = await BehindAsync(organization, query, where, after, where.IsExact ? query.Count + 1 : PerLook, ct);
            isOver = rows.Count < (where.IsExact ? query.Count + 1 : PerLook);
            found.AddRange(where.IsExact ? rows.Select(row => row.Id) : (await MatchingAsync(rows, query, home, ct)).Select(one => one["id"]!.GetValue<string>()));
            if (rows.Count > 0) after = rows[^1].Id;
            if ((looked += rows.Count) >= MostLooked) return ScimFailures.TooMany(MostLooked);
        }

        var ids = found.Take(query.Count).ToList();
        var byId = (await ScimStore.EachAsync(db, query.Kind, organization, ids, ct)).ToDictionary(one => one.Id, StringComparer.Ordinal);
        long? total = where.IsExact ? await ScimStore.CountAsync(db, query.Kind, organization, where.Condition, ct) : null;
        return new ScimPage(
            total, await ShowAsync([.. ids.Where(byId.ContainsKey).Select(id => byId[id])], query, home, ct), found.Count > query.Count ? ids[^1] : null);
    }

    private Task<List<ScimResource>> BehindAsync(Id<Organization> organization, ScimQuery query, FilterSql where, string after, int most, CancellationToken ct) =>
        ScimStore.PartAsync(db, query.Kind, organization, $"{where.Condition} and id > {after}", ScimColumns.Raw("id"), 0, most, ct);

    private async Task<IEnumerable<JsonObject>> MatchingAsync(List<ScimResource> rows, ScimQuery query, string home, CancellationToken ct)
    {
        var shown = await ShowResources.RunAsync(db, rows, home, withMembership: Mentions(query, Membership(query)), ct);
        return query.Filter is { } filter ? shown.Where(filter.Matches) : shown;
    }

    private async Task<List<JsonObject>> ShowAsync(IReadOnlyList<ScimResource> rows, ScimQuery query, string home, CancellationToken ct)
    {
        var shown = await ShowResources.RunAsync(db, rows, home, query.Shown.Shows(Membership(query)), ct);
        foreach (var one in shown) query.Shown.Narrow(query.Kind, one);
        return shown;
    }

    private static string Membership(ScimQuery query) => query.Kind == ScimKind.User ? "groups" : "members";

    private static bool Mentions(ScimQuery query, string name) =>
        query.SortBy?.Steps[0].Name == name || (query.Filter is { } filter && filter.Paths().Any(path => path.Steps[0].Name == name));

    /// <summary>What is compared when resources are sorted: of many values the primary one, or else the first (RFC 7644 3.4.2.3).</summary>
    private static string? SortKey(ScimQuery query, JsonObject resource)
    {
        if (query.SortBy is not { } path) return null;
        if (path.Last.Type == ScimType.Complex && path.Last.Part("value") is { } main) path = new AttributePath([.. path.Steps, main]);
        var holders = FilterMatch.Values(resource, path.Steps.SkipLast(1)).ToList();
        var first = holders.OfType<JsonObject>().OrderByDescending(ReadResource.IsPrimary).SelectMany(holder => FilterMatch.Values(holder, [path.Last])).FirstOrDefault();
        return first switch
        {
            null or JsonObject or JsonArray => null,
            _ => FilterMatch.Key(path.Last, first.ToString()),
        };
    }
}
