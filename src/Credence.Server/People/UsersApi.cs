using Credence.Administration;
using Credence.People;
using Credence.Roles;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Server.People;

/// <summary><c>/users</c>: accounts, for those who look after them and for their owners (contract identity ID-33 to ID-39).</summary>
internal static class UsersApi
{
    private const string Path = PeopleDoor.Base + "/users", One = Path + "/{id}";
    private const string Resource = "User";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, RouteFacts.Read, List).NeedsPermission(Resource, "read");
        routes.MapPost(Path, Create).NeedsPermission(Resource, "create");
        routes.MapMethods(One, RouteFacts.Read, Get).NeedsPermissionOrSelf(Resource, "read");
        routes.MapPatch(One, Revise).NeedsPermissionOrSelf(Resource, "update");
        routes.MapDelete(One, Delete).NeedsPermission(Resource, "delete");
        routes.MapDelete(One + "/sessions", EndSessions).NeedsPermission(Resource, "update");
        routes.MapDelete(One + "/second-factors", ResetSecondFactors).NeedsPermission(Resource, "update");
        routes.MapPost(One + "/otp-unlock", Unlock).NeedsPermission(Resource, "update");
    }

    private static async Task<IResult> List(PeopleCall call, Db db, CancellationToken ct)
    {
        var status = call.Query.OneOfOrNull("status", [.. Enum.GetValues<PersonStatus>().Select(each => each.Capital())]);
        var filter = new PersonFilter(status is null ? null : Words.Find<PersonStatus>(status.ToLowerInvariant()), call.Query.TextOrNull("identifier", 320));
        var (limit, offset) = call.Page();
        if (call.Invalid() is { } invalid) return invalid;
        var people = await UserShape.OfAsync(db, await filter.ListAsync(db, limit, offset, ct), ct);
        return PeopleAnswers.Listed(people, await filter.CountAsync(db, ct), shape => shape, PeopleJson.Wire.PageUserShape);
    }

    private static async Task<IResult> Create(PeopleCall call, CreatePerson create, Db db, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var account = call.Account();
        var status = call.Body.CapitalOrNull<PersonStatus>("status") ?? PersonStatus.Activated;
        var roles = call.Body.TextsOrNull("roles", 0, 20, 64);
        if (call.Invalid() is { } invalid) return invalid;
        var made = await create.RunAsync(
            call.Caller, new CreatePerson.Input(account.UserName, account.Password, account.Email, account.PhoneNumber, account.Profile, status, roles), ct);
        if (!made.Succeeded) return made.Failure.Answer();
        var person = await PersonStore.FindAsync(db, made.Value, ct);
        return person is null ? PeopleFailures.NotFound.Answer() : ((Result<UserShape>)(await UserShape.OfAsync(db, [person], ct))[0]).Created(shape => shape, PeopleJson.Wire.UserShape);
    }

    private static async Task<IResult> Get(string id, Db db, CancellationToken ct)
    {
        if (await PersonStore.FindAsync(db, Person(id), ct) is not { } person) return PeopleFailures.NotFound.Answer();
        return PeopleAnswers.Ok((await UserShape.OfAsync(db, [person], ct))[0], PeopleJson.Wire.UserShape);
    }

    private static async Task<IResult> Revise(string id, PeopleCall call, RevisePerson revise, Db db, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var status = call.Body.CapitalOrNull<PersonStatus>("status");
        var profile = call.PartOrNull("profile")?.ProfileChange();
        if (call.Invalid() is { } invalid) return invalid;
        if (status is not null && call.ActsForItself) return RoleFailures.Forbidden.Answer();
        var revised = await revise.RunAsync(call.Caller, Person(id), new RevisePerson.Change(status, profile ?? (before => before)), ct);
        if (!revised.Succeeded) return revised.Failure.Answer();
        return PeopleAnswers.Ok((await UserShape.OfAsync(db, [revised.Value], ct))[0], PeopleJson.Wire.UserShape);
    }

    private static async Task<IResult> Delete(string id, PeopleCall call, DeletePerson delete, CancellationToken ct) =>
        (await delete.RunAsync(call.Caller, Person(id), ct)).Done();

    private static async Task<IResult> EndSessions(string id, PeopleCall call, EndPersonSessions end, CancellationToken ct) =>
        (await end.RunAsync(call.Caller, Person(id), ct)).Done();

    private static async Task<IResult> ResetSecondFactors(string id, PeopleCall call, ResetFactors reset, CancellationToken ct) =>
        (await reset.RunAsync(call.Caller, Person(id), ct)).Done();

    private static async Task<IResult> Unlock(string id, PeopleCall call, UnlockPerson unlock, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var word = call.Body.TextOrNull("namespace", 32);
        CodeNamespace? only = null;
        if (word is not null)
        {
            var all = Enum.GetValues<CodeNamespace>();
            var at = Array.FindIndex(all, each => each.Word() == word);
            if (at >= 0) only = all[at];
            else call.Body.Refuse("namespace", $"must be one of {string.Join(", ", all.Select(each => each.Word()))}");
        }

        if (call.Invalid() is { } invalid) return invalid;
        return (await unlock.RunAsync(call.Caller, Person(id), only, ct)).Ok(cleared => new Unlocked(cleared), PeopleJson.Wire.Unlocked);
    }

    /// <summary>A text that is no id is nobody's.</summary>
    private static PersonId Person(string id) => PersonId.TryParse(id, out var person) ? person : default;

    /// <summary>How many identifiers were shut.</summary>
    internal sealed record Unlocked(int Cleared);
}
