using System.Text;
using Credence.Scim;
using Credence.Storage;
using Credence.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.Tests.Hosting;

/// <summary>
/// Directories, sign-on and passkeys of two organizations with the same user names, groups, external ids, domains, provider and device (issue 6). The routes
/// come from the server itself: a new one fails here until it says how one organization would ask it for the other's things, and what it answers then.
/// </summary>
public sealed class TwinsTests
{
    private static readonly string[] Sections = ["/scim/", "/v1/scim/", "/sso/", "/v1/sso/", "/v1/webauthn/", "/v1/principal/passkeys"];

    /// <summary>What I ask with what is theirs, and what I am told. Where a path names something, it is theirs.</summary>
    private static readonly Dictionary<string, (int Status, Func<Twin, Twin, string>? Body)> Routes = new(StringComparer.Ordinal)
    {
        ["POST /v1/scim/tokens"] = (201, (_, _) => """{"label":"directory"}"""),
        ["GET /v1/scim/tokens"] = (200, null),
        ["DELETE /v1/scim/tokens/{id}"] = (404, null),
        ["GET /scim/v2/ServiceProviderConfig"] = (200, null),
        ["GET /scim/v2/ResourceTypes"] = (200, null),
        ["GET /scim/v2/ResourceTypes/{name}"] = (404, null),
        ["GET /scim/v2/Schemas"] = (200, null),
        ["GET /scim/v2/Schemas/{urn}"] = (404, null),
        ["POST /scim/v2/.search"] = (200, (_, theirs) => Search(theirs)),
        ["GET /scim/v2/Users"] = (200, null),
        ["POST /scim/v2/Users/.search"] = (200, (_, theirs) => Search(theirs)),
        ["POST /scim/v2/Users"] = (409, (_, _) => $$"""{"userName":"{{Twin.Person}}","externalId":"{{Twin.Subject}}"}"""), // mine has it too
        ["GET /scim/v2/Users/{id}"] = (404, null),
        ["PUT /scim/v2/Users/{id}"] = (404, (_, _) => """{"userName":"eve"}"""),
        ["PATCH /scim/v2/Users/{id}"] = (404, (_, _) => """{"Operations":[{"op":"replace","path":"active","value":false}]}"""),
        ["DELETE /scim/v2/Users/{id}"] = (404, null),
        ["GET /scim/v2/Groups"] = (200, null),
        ["POST /scim/v2/Groups/.search"] = (200, (_, theirs) => Search(theirs)),
        ["POST /scim/v2/Groups"] = (400, (_, theirs) => $$"""{"displayName":"More","members":[{"value":"{{theirs.Ids["/scim/v2/Users/"]}}"}]}"""),
        ["GET /scim/v2/Groups/{id}"] = (404, null),
        ["PUT /scim/v2/Groups/{id}"] = (404, (_, _) => """{"displayName":"Mine","members":[]}"""),
        ["PATCH /scim/v2/Groups/{id}"] = (404, (_, _) => """{"Operations":[{"op":"remove","path":"members"}]}"""),
        ["DELETE /scim/v2/Groups/{id}"] = (404, null),
        ["POST /v1/sso/connections"] = (201, (_, _) => """{"name":"Own","protocol":"oidc","issuerUrl":"http://127.0.0.1:9","clientId":"a","clientSecret":"b","domains":["example.test"]}"""),
        ["GET /v1/sso/connections"] = (200, null),
        ["GET /v1/sso/connections/{id}"] = (404, null),
        ["PATCH /v1/sso/connections/{id}"] = (404, (_, _) => """{"status":"inactive"}"""),
        ["DELETE /v1/sso/connections/{id}"] = (404, null),
        ["POST /v1/sso/connections/{id}/test"] = (404, null),
        ["POST /v1/sso/enforce"] = (200, (_, _) => """{"enforce":true}"""),
        ["GET /v1/sso/sessions"] = (200, null),
        ["DELETE /v1/sso/sessions/{id}"] = (404, null),
        ["POST /v1/sso/config"] = (201, (_, _) => """{"issuerUrl":"http://127.0.0.1:9","clientId":"mine","clientSecret":"b","redirectUri":"https://mine.example.test/"}"""),
        ["GET /v1/sso/config"] = (200, null),
        ["DELETE /v1/sso/config"] = (204, null),
        ["GET /sso/login"] = (200, null),
        ["GET /sso/callback"] = (400, null),
        ["POST /sso/callback/oidc"] = (400, (mine, theirs) => $$"""{"code":"x","state":"{{theirs.Values["state"].Split('.')[0]}}.{{mine.Values["state"].Split('.')[1]}}"}"""),
        ["POST /sso/callback/saml"] = (404, (_, theirs) => $$"""{"SAMLResponse":"x","RelayState":"{{theirs.Values["state"]}}"}"""),
        ["POST /sso/callback/ldap"] = (404, (mine, theirs) => $$"""{"username":"ada","password":"x","connectionId":"{{theirs.Ids["/v1/sso/connections/"]}}","org":"{{mine.Id}}"}"""),
        ["POST /v1/webauthn/register/options"] = (200, (_, _) => $$"""{"principalId":"{{Twin.Subject}}"}"""),
        ["POST /v1/webauthn/register/verify"] = (400, (_, theirs) => $$"""{"challengeId":"{{theirs.Values["enrol"]}}","response":{{theirs.Values["enrolled"]}}}"""),
        ["GET /v1/webauthn/credentials"] = (200, null),
        ["DELETE /v1/webauthn/credentials/{id}"] = (404, null),
        ["POST /v1/webauthn/assert/options"] = (200, (mine, _) => $$"""{"authRequestId":"{{mine.Values["request"]}}"}"""),
        ["POST /v1/webauthn/assert/verify"] = (400, (mine, theirs) => $$"""{"challengeId":"{{mine.Values["assert"]}}","response":{{theirs.Values["asserted"]}}}"""),
        ["POST /v1/principal/passkeys/options"] = (200, (_, _) => "{}"),
        ["POST /v1/principal/passkeys"] = (400, (_, theirs) => $$"""{"challengeId":"{{theirs.Values["enrolOwn"]}}","response":{{theirs.Values["enrolledOwn"]}}}"""),
        ["GET /v1/principal/passkeys"] = (200, null),
        ["DELETE /v1/principal/passkeys/{id}"] = (404, null),
    };

    /// <summary>Under what each of an organization's things is found; what goes with another comes before it.</summary>
    private static readonly string[] Owned =
    [
        "/v1/principal/passkeys/", "/v1/webauthn/credentials/", "/v1/sso/sessions/", "/v1/sso/connections/", "/scim/v2/Groups/", "/scim/v2/Users/", "/v1/scim/tokens/",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachEngine]
    public async Task Organizations_whose_directories_say_the_same_never_see_or_change_each_others_rows(EngineKind engine)
    {
        await using var database = await TestDb.EmptyAsync(engine);
        await using var host = await HostUnderTest.StartAsync(null, ("DATABASE_URL", database.Url), ("RATE_LIMITS_ENABLED", "false"));
        await using var provider = await OpenIdStandIn.StartAsync(TimeProvider.System);
        using var device = new SoftAuthenticator();
        var (mine, theirs) = (await Twin.MakeAsync(host.Client, provider, device), await Twin.MakeAsync(host.Client, provider, device));
        var before = await AllRows.SettledAsync(database.Url, theirs.Marks);
        var routes = host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => Sections.Any(section => $"{route.RoutePattern.RawText}/".StartsWith(section, StringComparison.Ordinal)) && !route.RoutePattern.Parameters.Any(part => part.IsCatchAll))
            .SelectMany(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Where(method => method is not ("HEAD" or "OPTIONS")).Select(method => $"{method} {route.RoutePattern.RawText}"))
            .ToList();
        Assert.Equal(Routes.Keys.Order(StringComparer.Ordinal), routes.Order(StringComparer.Ordinal));

        var wrong = new List<string>();
        foreach (var route in routes)
        {
            var (status, body) = Routes[route];
            foreach (var path in Paths(route, mine, theirs)) await AskAsync(route, path, body?.Invoke(mine, theirs), mine, status);
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        var after = await AllRows.SettledAsync(database.Url, theirs.Marks);
        Assert.Empty(before.Except(after).Select(row => $"gone: {row}").Concat(after.Except(before).Where(row => !row.Contains(mine.Id, StringComparison.Ordinal))));

        Assert.Equal(routes.Where(route => route.StartsWith("DELETE", StringComparison.Ordinal) && route.Contains('{', StringComparison.Ordinal)).Order(StringComparer.Ordinal), Owned.Select(path => $"DELETE {path}{{id}}").Order(StringComparer.Ordinal));
        foreach (var path in Owned) // their things are there all the same: their owner reads and deletes each
        {
            if (routes.Contains($"GET {path}{{id}}")) await AskAsync("GET", path + theirs.Ids[path], null, theirs, 200);
            await AskAsync("DELETE", path + theirs.Ids[path], null, theirs, 204);
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        async Task AskAsync(string route, string path, string? body, Twin by, int expected)
        {
            using var message = new HttpRequestMessage(new HttpMethod(route.Split(' ')[0]), path);
            message.Headers.Authorization = new("Bearer", path.StartsWith("/scim/", StringComparison.Ordinal) ? by.Directory : path.StartsWith("/v1/principal/", StringComparison.Ordinal) ? by.Session : by.Key);
            if (body is not null) message.Content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await host.Client.SendAsync(message, Ct);
            var text = await answer.Content.ReadAsStringAsync(Ct);
            if ((int)answer.StatusCode != expected) wrong.Add($"{route} as {path}: {(int)answer.StatusCode}: {text}");
            var said = expected < 400 ? "" : path + body; // a refusal may repeat what it was asked
            if (by == mine) wrong.AddRange(theirs.Marks.Where(mark => text.Contains(mark, StringComparison.Ordinal) && !said.Contains(mark, StringComparison.Ordinal)).Select(mark => $"{route} as {path} shows {mark}: {text}"));
        }
    }

    /// <summary>The ways to ask: their id in the path; their names, which are mine too, in the query; of a list of SCIM, filters on each attribute there is.</summary>
    private static IEnumerable<string> Paths(string route, Twin mine, Twin theirs)
    {
        var path = PathOf(route, theirs);
        if (path == "/sso/login") return [$"{path}?org={mine.Id}&domain={Twin.Domain}"];
        if (path == "/v1/webauthn/credentials") return [$"{path}?principalId={Twin.Subject}"];
        if (ScimKind.All.FirstOrDefault(kind => route == $"GET /scim/v2{kind.Endpoint}") is not { } kind) return route.StartsWith("GET", StringComparison.Ordinal) ? [path, Named(theirs)] : [Named(theirs)];
        string Named(Twin whose) => $"{path}?org={whose.Id}&developerId={whose.Id}&principalId={Twin.Subject}";
        string[] values = [Twin.Person, Twin.Subject, Twin.Group, theirs.Ids["/scim/v2/Users/"], theirs.Ids["/scim/v2/Groups/"]];
        var filters = Leaves(kind).SelectMany(name => values.Select(value => $"{name} eq \"{value}\"").Append($"{name} pr").Append($"{name} ne \"x\""));
        return [path, $"{path}?cursor=", $"{path}?sortBy=externalId", .. filters.Select(filter => $"{path}?filter={Uri.EscapeDataString(filter)}")];
    }

    private static IEnumerable<string> Leaves(ScimKind kind) => kind.Attributes.Where(attribute => attribute.Name != "schemas")
        .SelectMany(attribute => attribute.Parts.Count == 0 ? [attribute] : attribute.Parts, (attribute, part) => (attribute, part))
        .Where(each => each.part.Type is ScimType.String or ScimType.Reference or ScimType.Binary)
        .Select(each => each.attribute == each.part ? each.part.Name : each.attribute.Name.Contains(':', StringComparison.Ordinal) ? $"{each.attribute.Name}:{each.part.Name}" : $"{each.attribute.Name}.{each.part.Name}");

    private static string PathOf(string route, Twin owner)
    {
        var path = route.Split(' ')[1];
        var at = path.IndexOf('{', StringComparison.Ordinal);
        return at < 0 ? path : path[..at] + owner.Ids.GetValueOrDefault(path[..at], "x") + path[(path.IndexOf('}', StringComparison.Ordinal) + 1)..];
    }

    private static string Search(Twin theirs) => $$"""{"filter":"id eq \"{{theirs.Ids["/scim/v2/Users/"]}}\" or id eq \"{{theirs.Ids["/scim/v2/Groups/"]}}\" or externalId pr"}""";
}
