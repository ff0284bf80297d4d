using System.Text.Json.Nodes;
using Credence.Storage;

namespace Credence.Scim;

/// <summary>Changes to a group's members, as changes to rows: adding one to ten thousand reads none of the others.</summary>
internal static class GroupMembers
{
    /// <summary>The attribute.</summary>
    public const string Name = "members";

    private static readonly Failure Unknown = ScimFailures.Value("members must be the ids of users of this organization");

    /// <summary>Takes the members out of what a client sent: the ids, or null when it named none.</summary>
    public static Result<List<string>> Take(JsonObject attributes)
    {
        var ids = Ids(attributes[Name] as JsonArray ?? []);
        attributes.Remove(Name);
        return ids;
    }

    /// <summary>Makes these the members, and nobody else.</summary>
    /// <returns>Whether that changed anything; or that one is no user.</returns>
    public static async Task<Result<bool>> SetAsync(DbTx tx, ScimResource group, List<string> users, CancellationToken ct)
    {
        var there = (await MemberStore.OfGroupsAsync(tx, [group.Id], ct)).ConvertAll(one => one.User);
        var gone = there.Except(users, StringComparer.Ordinal).ToList();
        var removed = gone.Count == 0 ? 0 : await MemberStore.RemoveAsync(tx, group.Id, gone, ct);
        return await MemberStore.AddAsync(tx, group, [.. users.Except(there, StringComparer.Ordinal)], ct) is { } added ? removed + added > 0 : Unknown;
    }

    /// <summary>Carries out an operation of a PATCH on the members.</summary>
    /// <inheritdoc cref="SetAsync"/>
    public static async Task<Result<bool>> ApplyAsync(DbTx tx, ScimResource group, PatchOperation operation, CancellationToken ct)
    {
        var target = operation.Target!;
        if (operation.Verb == PatchVerb.Remove && target.Where is { } where) return await MemberStore.RemoveAsync(tx, group.Id, await ChosenAsync(tx, group, where, ct), ct) > 0;
        if (target.Where is not null || target.Path.Steps.Count > 1) return ScimFailures.Path("members are added, removed or replaced, and not changed");

        var isBare = operation.Value.ValueKind is System.Text.Json.JsonValueKind.Undefined or System.Text.Json.JsonValueKind.Null;
        if (operation.Verb == PatchVerb.Remove && isBare) return await MemberStore.RemoveAsync(tx, group.Id, null, ct) > 0;
        var read = ReadResource.Value(target.Path.Last, operation.Value, Name);
        if (!read.Succeeded) return read.Failure;
        var users = Ids(read.Value as JsonArray ?? []);
        if (!users.Succeeded) return users.Failure;
        return operation.Verb switch
        {
            PatchVerb.Add => await MemberStore.AddAsync(tx, group, users.Value, ct) is { } added ? added > 0 : Unknown,
            PatchVerb.Remove => await MemberStore.RemoveAsync(tx, group.Id, users.Value, ct) > 0, // Entra ID names whom in the value
            _ => await SetAsync(tx, group, users.Value, ct),
        };
    }

    /// <summary>Whom a filter chooses; <c>members[value eq "…"]</c>, which is what directories send, names them itself.</summary>
    private static async Task<List<string>> ChosenAsync(DbTx tx, ScimResource group, Filter where, CancellationToken ct)
    {
        if (where is Filter.Compare { Op: FilterOp.Eq, Path.Name: "value", Value: string user }) return [user];
        var members = await MemberStore.OfGroupsAsync(tx, [group.Id], ct);
        return [.. members.Select(one => one.User).Where(one => where.Matches(new JsonObject { ["value"] = one, ["type"] = "User" }))];
    }

    private static Result<List<string>> Ids(JsonArray members)
    {
        var ids = new List<string>();
        foreach (var member in members.OfType<JsonObject>())
        {
            if (member["value"]?.GetValue<string>() is not { } id) return ScimFailures.Value("Each of members must have a value");
            ids.Add(id);
        }

        return ids;
    }
}
