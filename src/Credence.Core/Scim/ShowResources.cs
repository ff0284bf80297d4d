using System.Text.Json.Nodes;
using Credence.Storage;

namespace Credence.Scim;

/// <summary>Resources as they are shown and filtered: with ids, groups or members, and what the server knows of them (RFC 7643 3).</summary>
public static class ShowResources
{
    /// <summary>Shows some of one kind.</summary>
    /// <param name="db">Where groups and members are read.</param>
    /// <param name="resources">Which; all of one kind.</param>
    /// <param name="home">The address of <c>/scim/v2</c>.</param>
    /// <param name="withMembership">Whether users' groups and groups' members are wanted; leaving them out saves a query, and much of an answer.</param>
    /// <param name="ct">Ends the wait.</param>
    public static async Task<List<JsonObject>> RunAsync(DbSession db, IReadOnlyList<ScimResource> resources, string home, bool withMembership, CancellationToken ct)
    {
        var shown = resources.Select(resource => Show(resource, home)).ToList();
        if (!withMembership || resources.Count == 0) return shown;

        var byId = shown.ToDictionary(one => one["id"]!.GetValue<string>(), StringComparer.Ordinal);
        if (resources[0].IsUser)
        {
            var memberships = await MemberStore.OfUsersAsync(db, byId.Keys, ct);
            var groups = await ScimStore.EachAsync(db, ScimKind.Group, resources[0].Organization, memberships.Select(one => one.Group).Distinct(StringComparer.Ordinal), ct);
            var names = groups.ToDictionary(group => group.Id, group => group.Attributes["displayName"]!.GetValue<string>(), StringComparer.Ordinal);
            foreach (var (group, user) in memberships)
            {
                if (!names.TryGetValue(group, out var name)) continue; // deleted between the two looks
                Add(byId[user], "groups", new JsonObject { ["value"] = group, ["$ref"] = $"{home}/Groups/{group}", ["display"] = name, ["type"] = "direct" });
            }
        }
        else
        {
            foreach (var (group, user) in await MemberStore.OfGroupsAsync(db, byId.Keys, ct))
            {
                Add(byId[group], "members", new JsonObject { ["value"] = user, ["$ref"] = $"{home}/Users/{user}", ["type"] = "User" });
            }
        }

        return shown;
    }

    private static JsonObject Show(ScimResource resource, string home)
    {
        var (kind, attributes) = (resource.Kind, resource.Attributes);
        var schemas = new JsonArray(kind.Schema.Urn);
        if (kind.Extension is { } extension && attributes.ContainsKey(extension.Urn)) schemas.Add((JsonNode)extension.Urn);
        var shown = new JsonObject { ["schemas"] = schemas, ["id"] = resource.Id };
        foreach (var (name, value) in attributes) shown[name] = value?.DeepClone();
        if (resource.IsUser) shown["emails"] ??= new JsonArray(); // always there, contract grantex-enterprise 3
        shown["meta"] = new JsonObject
        {
            ["resourceType"] = kind.Name,
            ["created"] = resource.CreatedAt.Iso(),
            ["lastModified"] = resource.UpdatedAt.Iso(),
            ["location"] = $"{home}{kind.Endpoint}/{resource.Id}",
            ["version"] = resource.ETag,
        };
        return shown;
    }

    private static void Add(JsonObject to, string name, JsonObject value)
    {
        if (to[name] is not JsonArray values) to[name] = values = [];
        values.Add(value);
    }
}
