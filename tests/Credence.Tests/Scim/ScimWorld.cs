using System.Text.Json;
using System.Text.Json.Nodes;
using Credence.Scim;
using Credence.Tests.Support;

namespace Credence.Tests.Scim;

/// <summary>A directory that tells a world of its people.</summary>
internal static class ScimWorld
{
    public const string Home = "https://credence.example.test/scim/v2";

    public static async Task<ScimCaller> DirectoryAsync(this World world)
    {
        var made = await world.Get<CreateScimToken>().RunAsync(world.Caller, "directory", World.Ct);
        return (await world.Get<FindDirectory>().RunAsync(made.Plaintext, World.Ct)).Value;
    }

    public static Task<Result<ScimResource>> CreateAsync(this World world, ScimCaller by, ScimKind kind, string json) =>
        world.Get<CreateResource>().RunAsync(by, kind, Json(json), World.Ct);

    public static async Task<string> UserAsync(this World world, ScimCaller by, string userName, string? externalId = null) =>
        (await world.CreateAsync(by, ScimKind.User, new JsonObject { ["userName"] = userName, ["externalId"] = externalId }.ToJsonString())).Value.Id;

    public static Task<Result<ScimResource>> PatchAsync(this World world, ScimCaller by, ScimKind kind, string id, string operations) =>
        world.Get<ChangeResource>().PatchAsync(by, kind, id, Json($$"""{"Operations":{{operations}}}"""), _ => true, World.Ct);

    public static Task<Result<bool>> DeleteAsync(this World world, ScimCaller by, ScimKind kind, string id) =>
        world.Get<DeleteResource>().RunAsync(by, kind, id, _ => true, World.Ct);

    public static async Task<ScimPage> ListAsync(
        this World world, ScimCaller by, string? filter = null, long start = 1, int count = 200, string? sortBy = null, bool descending = false, string? cursor = null,
        ScimKind? of = null)
    {
        var kind = of ?? ScimKind.User;
        var read = filter is null ? null : FilterReader.Read(kind, filter).Value;
        var sorted = sortBy is null ? null : AttributePath.Find(kind, sortBy);
        return (await world.Get<ListResources>().RunAsync(
            by.Organization, new ScimQuery(kind, read, sorted, descending, start, count, cursor, ShownAttributes.All), Home, World.Ct)).Value;
    }

    public static List<string> Ids(this ScimPage page) => page.Resources.ConvertAll(one => one["id"]!.GetValue<string>());

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement.Clone();
}
