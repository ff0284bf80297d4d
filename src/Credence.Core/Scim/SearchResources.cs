using System.Text.Json.Nodes;
using Credence.Organizations;

namespace Credence.Scim;

/// <summary>Searches through users and groups at once (RFC 7644 3.4.2.1, 3.4.3): the users first, then the groups, each in the order of their creation.</summary>
public sealed class SearchResources(ListResources list)
{
    /// <param name="organization">Whose.</param>
    /// <param name="query">Which; of <see cref="ScimKind.Any"/>, by index and in no other order.</param>
    /// <param name="shown">Which attributes of each kind.</param>
    /// <param name="home">The address of <c>/scim/v2</c>.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The part of the list; or that it would take too long.</returns>
    public async Task<Result<ScimPage>> RunAsync(
        Id<Organization> organization, ScimQuery query, Func<ScimKind, ShownAttributes> shown, string home, CancellationToken ct)
    {
        var (total, found) = (0L, new List<JsonObject>());
        foreach (var kind in ScimKind.All)
        {
            var part = query with
            {
                Kind = kind,
                Filter = query.Filter?.For(kind),
                StartIndex = Math.Max(1, query.StartIndex - total),
                Count = query.Count - found.Count,
                Shown = shown(kind),
            };
            var page = await list.RunAsync(organization, part, home, ct);
            if (!page.Succeeded) return page;
            total += page.Value.Total!.Value;
            found.AddRange(page.Value.Resources);
        }

        return new ScimPage(total, found, null);
    }
}
