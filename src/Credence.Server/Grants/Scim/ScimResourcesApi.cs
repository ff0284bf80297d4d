using Credence.Scim;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants.Scim;

/// <summary><c>/scim/v2/Users</c> and <c>/scim/v2/Groups</c>: the same verbs for both (RFC 7644 3).</summary>
internal static class ScimResourcesApi
{
    /// <summary>Maps the search through all kinds at once (RFC 7644 3.4.3).</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost($"{ScimDoor.Base}/.search", SearchAsync).NeedsScimToken();

    /// <summary>Maps the routes of one kind.</summary>
    public static void Map(IEndpointRouteBuilder routes, ScimKind kind)
    {
        var path = ScimDoor.Base + kind.Endpoint;
        routes.MapMethods(path, RouteFacts.Read, (GrantsCall call, ListResources list, ScimDescriptions at, CancellationToken ct) =>
            ListAsync(ScimQueryReader.Read(kind, call.Http.Request.Query), call, list, at, ct)).NeedsScimToken();
        routes.MapPost($"{path}/.search", (GrantsCall call, ListResources list, ScimDescriptions at, CancellationToken ct) =>
            ListAsync(ScimQueryReader.Read(kind, call.Json), call, list, at, ct)).NeedsScimToken();
        routes.MapPost(path, (GrantsCall call, CreateResource create, Db db, ScimDescriptions at, CancellationToken ct) =>
            ChangeAsync(kind, () => create.RunAsync(call.Directory, kind, call.Json, ct), StatusCodes.Status201Created, call, db, at, ct)).NeedsScimToken();
        routes.MapMethods($"{path}/{{id}}", RouteFacts.Read, (string id, GrantsCall call, Db db, ScimDescriptions at, CancellationToken ct) =>
            GetAsync(kind, id, call, db, at, ct)).NeedsScimToken();
        routes.MapPut($"{path}/{{id}}", (string id, GrantsCall call, ChangeResource change, Db db, ScimDescriptions at, CancellationToken ct) =>
            ChangeAsync(kind, () => change.ReplaceAsync(call.Directory, kind, Storable(id), call.Json, Wanted(call), ct), StatusCodes.Status200OK, call, db, at, ct))
            .NeedsScimToken();
        routes.MapPatch($"{path}/{{id}}", (string id, GrantsCall call, ChangeResource change, Db db, ScimDescriptions at, CancellationToken ct) =>
            ChangeAsync(kind, () => change.PatchAsync(call.Directory, kind, Storable(id), call.Json, Wanted(call), ct), StatusCodes.Status200OK, call, db, at, ct))
            .NeedsScimToken();
        routes.MapDelete($"{path}/{{id}}", async (string id, GrantsCall call, DeleteResource delete, CancellationToken ct) =>
            (await delete.RunAsync(call.Directory, kind, Storable(id), Wanted(call), ct)).Done()).NeedsScimToken();
    }

    private static async Task<IResult> ListAsync(Result<ScimQuery> query, GrantsCall call, ListResources list, ScimDescriptions at, CancellationToken ct)
    {
        if (!query.Succeeded) return query.Failure.Answer();
        var page = await list.RunAsync(call.Directory.Organization, query.Value, at.Home, ct);
        return page.Succeeded ? ScimAnswers.Json(StatusCodes.Status200OK, ScimLists.Of(query.Value, page.Value)) : page.Failure.Answer();
    }

    private static async Task<IResult> SearchAsync(GrantsCall call, SearchResources search, ScimDescriptions at, CancellationToken ct)
    {
        var read = ScimQueryReader.Read(ScimKind.Any, call.Json);
        if (!read.Succeeded) return read.Failure.Answer();
        if (read.Value is not { SortBy: null, Cursor: null }) return ScimFailures.Value("sortBy and cursor are for /Users/.search and /Groups/.search").Answer();
        var page = await search.RunAsync(call.Directory.Organization, read.Value, kind => ScimQueryReader.Shown(kind, call.Json), at.Home, ct);
        return page.Succeeded ? ScimAnswers.Json(StatusCodes.Status200OK, ScimLists.Of(read.Value, page.Value)) : page.Failure.Answer();
    }

    private static async Task<IResult> GetAsync(ScimKind kind, string id, GrantsCall call, Db db, ScimDescriptions at, CancellationToken ct)
    {
        var shown = ScimQueryReader.Shown(kind, call.Http.Request.Query);
        if (!shown.Succeeded) return shown.Failure.Answer();
        if (await ScimStore.FindAsync(db, kind, call.Directory.Organization, Storable(id), ct) is not { } found) return ScimFailures.NotFound.Answer();
        if (!Lists(call.Http.Request.Headers.IfNoneMatch.ToString(), found.ETag)) return await ShowAsync(found, StatusCodes.Status200OK, shown.Value, call, db, at, ct);
        call.Http.Response.Headers.ETag = found.ETag;
        return TypedResults.StatusCode(StatusCodes.Status304NotModified);
    }

    /// <summary>Changes something and shows it. What is to be seen is read first: a refusal changes nothing.</summary>
    private static async Task<IResult> ChangeAsync(
        ScimKind kind, Func<Task<Result<ScimResource>>> change, int status, GrantsCall call, Db db, ScimDescriptions at, CancellationToken ct)
    {
        var shown = ScimQueryReader.Shown(kind, call.Http.Request.Query);
        if (!shown.Succeeded) return shown.Failure.Answer();
        var changed = await change();
        return changed.Succeeded ? await ShowAsync(changed.Value, status, shown.Value, call, db, at, ct) : changed.Failure.Answer();
    }

    private static async Task<IResult> ShowAsync(ScimResource one, int status, ShownAttributes shown, GrantsCall call, Db db, ScimDescriptions at, CancellationToken ct)
    {
        var resource = (await ShowResources.RunAsync(db, [one], at.Home, shown.Shows(one.Kind == ScimKind.User ? "groups" : "members"), ct))[0];
        var answer = ScimAnswers.Resource(call.Http, status, resource); // its headers say what it is, whatever of it is to be seen
        shown.Narrow(one.Kind, resource);
        return answer;
    }

    /// <summary>Whether a resource is the version that the client means (RFC 7644 3.14).</summary>
    private static Func<ScimResource, bool> Wanted(GrantsCall call)
    {
        var match = call.Http.Request.Headers.IfMatch.ToString();
        return match.Length == 0 ? _ => true : one => Lists(match, one.ETag);
    }

    private static bool Lists(string header, string tag) =>
        header.Split(',', StringSplitOptions.TrimEntries).Any(each => each == "*" || each == tag || "W/" + each == tag);

    /// <summary>An id as the store can look for it; a text with NUL is the id of nothing.</summary>
    private static string Storable(string id) => id.Contains('\0') ? "" : id;
}
