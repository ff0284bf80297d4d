using Credence.Keys;
using Credence.Server.Doors;

namespace Credence.Server.People;

/// <summary><c>healthz</c> and <c>readyz</c> under this door's base (contract identity ID-1, ID-2).</summary>
internal static class ProbesApi
{
    private const string Ok = "ok";
    private const string Failing = "failing";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(PeopleDoor.Base + "/healthz", RouteFacts.Read, Live).Uncounted();
        routes.MapMethods(PeopleDoor.Base + "/readyz", RouteFacts.Read, ReadyAsync).Uncounted();
    }

    private static JsonAnswer Live() => new JsonAnswer(StatusCodes.Status200OK, """{"status":"ok"}"""u8.ToArray());

    /// <summary>Redis that is away stops nobody: passwords and tokens do without.</summary>
    private static async Task<IResult> ReadyAsync(Probes probes, KeyRing keys, CancellationToken ct)
    {
        var (database, state, migrated) = (probes.DatabaseAnswersAsync(ct), probes.StateAnswersAsync(ct), probes.IsMigratedAsync(ct));
        var checks = new Checks(await database ? Ok : Failing, await state ? Ok : "degraded", keys.IsReady ? Ok : Failing, await migrated ? Ok : Failing);
        return checks is { Db: Ok, Keys: Ok, Migrations: Ok }
            ? PeopleAnswers.Ok(new Ready(Ok, checks), PeopleJson.Wire.Ready)
            : JsonAnswer.Of(StatusCodes.Status503ServiceUnavailable, new Ready("unavailable", checks), PeopleJson.Wire.Ready);
    }

    /// <summary>The answer.</summary>
    internal sealed record Ready(string Status, Checks Checks);

    /// <summary>What was looked at.</summary>
    internal sealed record Checks(string Db, string Redis, string Keys, string Migrations);
}
