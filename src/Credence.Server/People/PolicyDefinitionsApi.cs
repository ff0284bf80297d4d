using Credence.Roles;
using Credence.Server.Doors;
using Credence.Storage;

namespace Credence.Server.People;

/// <summary><c>/policy-definitions</c>: who has which roles and permissions (contract identity ID-45 to ID-47). A caller may work in one domain alone.</summary>
internal static class PolicyDefinitionsApi
{
    private const string Path = PeopleDoor.Base + "/policy-definitions";
    private static readonly string[] Actions = ["create", "read", "update", "delete", "execute"];

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, RouteFacts.Read, List).NeedsPermissionInDomain(PolicyDefinitionStore.Resource, "read");
        routes.MapPost(Path, Add).NeedsPermissionInDomain(PolicyDefinitionStore.Resource, "create");
        routes.MapDelete(Path + "/{id}", Remove).NeedsPermissionInDomain(PolicyDefinitionStore.Resource, "delete");
    }

    private static async Task<IResult> List(PeopleCall call, Db db, CancellationToken ct)
    {
        var query = call.Query;
        var filter = new EdgeFilter(call.Domain)
        {
            Variant = query.WordOrNull<EdgeVariant>("variant"),
            SubjectType = query.OneOfOrNull("subjectType", Enum.GetNames<SubjectType>()) is { } subject ? Enum.Parse<SubjectType>(subject) : null,
            SubjectId = query.TextOrNull("subjectId", 64),
            TargetType = query.OneOfOrNull("targetType", Enum.GetNames<TargetType>()) is { } target ? Enum.Parse<TargetType>(target) : null,
            TargetId = query.TextOrNull("targetId", 64),
        };
        var (limit, offset) = call.Page();
        if (call.Invalid() is { } invalid) return invalid;
        return PeopleAnswers.Listed(await filter.ListAsync(db, limit, offset, ct), await filter.CountAsync(db, ct), EdgeShape.Of, PeopleJson.Wire.PageEdgeShape);
    }

    private static async Task<IResult> Add(PeopleCall call, AddPolicyDefinition add, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var input = InputOf(call);
        if (call.Invalid() is { } invalid) return invalid;
        return (await add.RunAsync(call.Caller, call.Domain, input, ct)).Created(EdgeShape.Of, PeopleJson.Wire.EdgeShape);
    }

    private static async Task<IResult> Remove(string id, PeopleCall call, RemovePolicyDefinition remove, CancellationToken ct) =>
        (await remove.RunAsync(call.Caller, call.Domain, Ids.Read<PolicyDefinition>(id), ct)).Done();

    private static AddPolicyDefinition.Input InputOf(PeopleCall call)
    {
        var body = call.Body;
        var variant = body.Word<EdgeVariant>("variant");
        var subject = new Subject(body.NameOf<SubjectType>("subjectType"), body.Text("subjectId", 64));
        var target = body.NameOf<TargetType>("targetType");
        var targetId = body.Text("targetId", 64);
        var domain = body.TextOrNull("domain", 80) ?? call.Domain;
        var effect = body.WordOrNull<EdgeEffect>("effect") ?? EdgeEffect.Allow;
        var action = body.TextOrNull("action", 16);

        if (!ActiveDomain.IsPattern(domain)) body.Refuse("domain", "must be *, or a domain such as Merchant_7 or Merchant_*");
        if (action is not null && !Actions.Contains(action, StringComparer.Ordinal)) body.Refuse("action", $"must be one of {string.Join(", ", Actions)}");
        if (variant == EdgeVariant.Group)
        {
            if (target == TargetType.Permission) body.Refuse("targetType", "of a group must not be Permission");
            if (action is not null) body.Refuse("action", "is not for a group");
            if (effect == EdgeEffect.Deny) body.Refuse("effect", "of a group must be allow");
            return new(variant, subject, target, targetId, domain, Action: "", effect);
        }

        if (target == TargetType.Role) body.Refuse("targetType", "of a policy must not be Role");
        if (target == TargetType.Permission) action ??= targetId[(targetId.IndexOf('.', StringComparison.Ordinal) + 1)..]; // its code says it
        else if (action is null) body.Refuse("action", "is required");
        return new(variant, subject, target, targetId, domain, action ?? "", effect);
    }

    /// <summary>An edge.</summary>
    internal sealed record EdgeShape(
        string Id, string Variant, string SubjectType, string SubjectId, string TargetType, string TargetId, string Domain, string? Action, string Effect, string Scope,
        string CreatedAt, string CreatedBy)
    {
        public static EdgeShape Of(PolicyDefinition edge) => new(
            edge.Id.ToString(), Words.Of(edge.Variant), edge.Subject.Type.ToString(), edge.Subject.Id, edge.TargetType.ToString(), edge.TargetId, edge.Domain,
            edge.Action.Length > 0 ? edge.Action : null, Words.Of(edge.Effect), edge.Scope, edge.CreatedAt.Iso(), edge.CreatedBy);
    }
}
