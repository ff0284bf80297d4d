using System.Text.RegularExpressions;
using Credence.Roles;
using Credence.Server.Doors;
using Credence.Storage;

namespace Credence.Server.People;

/// <summary><c>/roles</c> and <c>/permissions</c>: what somebody can be, and what there is to allow (contract identity ID-40 to ID-44).</summary>
internal static partial class RolesApi
{
    private const string Path = PeopleDoor.Base + "/roles";
    private const int LongestName = 100, LongestDescription = 1000;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, RouteFacts.Read, List).NeedsPermission("Role", "read");
        routes.MapPost(Path, Create).NeedsPermission("Role", "create");
        routes.MapPatch(Path + "/{id}", Change).NeedsPermission("Role", "update");
        routes.MapDelete(Path + "/{id}", Delete).NeedsPermission("Role", "delete");
        routes.MapMethods(PeopleDoor.Base + "/permissions", RouteFacts.Read, Catalogue).NeedsPermission("Permission", "read");
    }

    private static async Task<IResult> List(PeopleCall call, Db db, CancellationToken ct)
    {
        var type = call.Query.OneOfOrNull("type", "SYSTEM", "CUSTOM") is { } word ? Words.Find<RoleType>(word.ToLowerInvariant()) : null;
        var (limit, offset) = call.Page();
        if (call.Invalid() is { } invalid) return invalid;
        return PeopleAnswers.Listed(
            await RoleStore.ListAsync(db, type, limit, offset, ct), await RoleStore.CountAsync(db, type, ct), RoleShape.Of, PeopleJson.Wire.PageRoleShape);
    }

    private static async Task<IResult> Create(PeopleCall call, CreateRole create, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var body = call.Body;
        var identifier = body.Text("identifier", 64);
        if (body.Problems.Count == 0 && !Identifier().IsMatch(identifier)) body.Refuse("identifier", "must have 2 to 64 of A-Z, 0-9 and _");
        var name = NameOf(call.Part("name"));
        var description = body.TextOrNull("description", LongestDescription, min: 0);
        var priority = body.Number("priority", Role.LowestCustom, Role.HighestCustom);
        if (call.Invalid() is { } invalid) return invalid;
        return (await create.RunAsync(call.Caller, new CreateRole.Input(identifier, name, description, priority), ct)).Created(RoleShape.Of, PeopleJson.Wire.RoleShape);
    }

    private static async Task<IResult> Change(string id, PeopleCall call, ChangeRole change, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var body = call.Body;
        var name = call.PartOrNull("name") is { } part ? NameOf(part) : null;
        var description = body.IsNull("description") ? null : body.TextOrNull("description", LongestDescription, min: 0);
        var priority = body.NumberOrNull("priority", Role.LowestCustom, Role.HighestCustom);
        var status = body.CapitalOrNull<RoleStatus>("status");
        if (call.Invalid() is { } invalid) return invalid;
        var changed = await change.RunAsync(call.Caller, Ids.Read<Role>(id), before => before with
        {
            Name = name ?? before.Name,
            Description = body.Has("description") ? description : before.Description,
            Priority = priority ?? before.Priority,
            Status = status ?? before.Status,
        }, ct);
        return changed.Ok(RoleShape.Of, PeopleJson.Wire.RoleShape);
    }

    private static async Task<IResult> Delete(string id, PeopleCall call, DeleteRole delete, CancellationToken ct) =>
        (await delete.RunAsync(call.Caller, Ids.Read<Role>(id), ct)).Done();

    private static async Task<IResult> Catalogue(PeopleCall call, Db db, CancellationToken ct)
    {
        var resource = call.Query.TextOrNull("resource", 64);
        if (call.Invalid() is { } invalid) return invalid;
        var all = await PermissionEntry.ListAsync(db, resource, ct);
        return PeopleAnswers.Ok<IReadOnlyList<PermissionShape>>(
            all.ConvertAll(each => new PermissionShape(each.Code, each.Resource, each.Action, each.Description)), PeopleJson.Wire.IReadOnlyListPermissionShape);
    }

    /// <summary>A name in English, and in Vietnamese where there is one.</summary>
    private static Dictionary<string, string> NameOf(Fields part)
    {
        var name = new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = part.Name("en", LongestName) };
        if (part.NameOrNull("vi", LongestName) is { } vi) name["vi"] = vi;
        return name;
    }

    [GeneratedRegex("^[A-Z0-9_]{2,64}\\z", RegexOptions.None, 100)]
    private static partial Regex Identifier();

    /// <summary>A role.</summary>
    internal sealed record RoleShape(
        string Id, string Identifier, IReadOnlyDictionary<string, string> Name, string? Description, int Priority, string Type, string Status)
    {
        public static RoleShape Of(Role role) =>
            new(role.Id.ToString(), role.Identifier, role.Name, role.Description, role.Priority, role.Type.Capital(), role.Status.Capital());
    }

    /// <summary>Something that can be allowed.</summary>
    internal sealed record PermissionShape(string Code, string Resource, string Action, string Description);
}
