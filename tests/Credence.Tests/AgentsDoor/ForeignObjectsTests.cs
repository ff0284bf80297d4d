using System.Net.Http.Headers;
using System.Text;
using Credence.Server.Agents;
using Credence.Server.Doors;
using Credence.Storage;
using Credence.Tests.Hosting;
using Credence.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.Tests.AgentsDoor;

/// <summary>
/// Every route of the agents door is asked about another organization's things (contract agent-idp B.3). The routes come from the server itself:
/// a new one fails here until it declares what it answers, and until <see cref="DoorTenant"/> has an id for each parameter of its path.
/// </summary>
public sealed class ForeignObjectsTests
{
    /// <summary>What routes without an id in their path are asked about another organization's things, by method and path; the words are form or JSON.</summary>
    private static readonly Dictionary<string, Func<DoorTenant, DoorTenant, string>> Bodies = new(StringComparer.Ordinal)
    {
        ["POST /api/v1/agents"] = (_, theirs) =>
            $$"""{"organization_id":"{{theirs.Ids["orgId"]}}","email":"x@mine.test","agentType":"custom","version":"1.0.0","capabilities":["a:b"],"owner":"me","deploymentEnv":"staging"}""",
        ["POST /api/v1/token"] = (mine, theirs) => $"grant_type=client_credentials&client_id={theirs.ClientId}&client_secret={mine.Secret}",
        ["POST /api/v1/oauth2/token"] = (mine, theirs) => $"grant_type=client_credentials&client_id={theirs.ClientId}&client_secret={mine.Secret}",
        ["POST /api/v1/token/introspect"] = (_, theirs) => $"token={theirs.Token}",
        ["POST /api/v1/token/revoke"] = (_, theirs) => $"token={theirs.Token}",
        ["POST /api/v1/oauth2/token/delegate"] = (_, theirs) => $$"""{"delegateeAgentId":"{{theirs.Ids["agentId"]}}","scopes":["agents:read"],"ttlSeconds":60}""",
        ["POST /api/v1/oauth2/token/verify-delegation"] = (_, theirs) => $$"""{"delegationToken":"{{theirs.Delegation}}"}""",
        ["POST /api/v1/oidc/trust-policies"] = (_, theirs) => $$"""{"provider":"github","repository":"a/b","agentId":"{{theirs.Ids["agentId"]}}"}""",
        ["POST /api/v1/organizations/{orgId}/members"] = (_, theirs) => $$"""{"agentId":"{{theirs.Ids["agentId"]}}","role":"admin"}""",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachEngine]
    public async Task Each_route_declares_what_it_answers_to_a_foreign_object_and_shows_and_changes_nothing(EngineKind engine)
    {
        await using var database = await TestDb.EmptyAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        await using var host = await StartAsync(database);
        var theirs = await DoorTenant.MakeAsync(host.Client, "theirs", receiver.Url);
        var mine = await DoorTenant.MakeAsync(host.Client, "mine", receiver.Url);
        var before = await SettledAsync(database.Url, theirs);

        var wrong = new List<string>();
        foreach (var route in Routes(host))
        {
            foreach (var method in Methods(route)) wrong.AddRange(await WrongAsync(host.Client, route, method, mine, theirs));
        }

        Assert.Empty(wrong);
        Assert.Equal(before, await SettledAsync(database.Url, theirs));
        await TheirsAreAliveAsync(host.Client, Routes(host), theirs);
    }

    [Theory, EachEngine]
    public async Task Each_route_asks_for_a_token_and_for_its_scope_before_anything_else(EngineKind engine)
    {
        await using var database = await TestDb.EmptyAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        await using var host = await StartAsync(database);
        var tenant = await DoorTenant.MakeAsync(host.Client, "tenant", receiver.Url);
        var wrong = new List<string>();
        foreach (var route in Routes(host).Where(route => route.Metadata.GetMetadata<NeedsNoToken>() is null))
        {
            foreach (var method in Methods(route))
            {
                var path = PathOf(route.RoutePattern, tenant);
                var (status, _, challenge) = await SendAsync(host.Client, method, path, null, "{", isForm: false);
                if (status != 401 || challenge != "Bearer") wrong.Add($"{method} {path} without a token: {status} {challenge}");
                if (route.Metadata.GetMetadata<NeedsScope>() is not { } needed) continue;
                var poor = await tenant.WithoutAsync(host.Client, needed.Scope);
                (status, _, challenge) = await SendAsync(host.Client, method, path, poor, "{", isForm: false);
                if (status != 403 || !challenge.Contains(needed.Scope, StringComparison.Ordinal)) wrong.Add($"{method} {path} without {needed.Scope}: {status} {challenge}");
            }
        }

        Assert.Empty(wrong);
    }

    private static Task<HostUnderTest> StartAsync(TestDb database) => HostUnderTest.StartAsync(
        null, ("DATABASE_URL", database.Url), ("RATE_LIMITS_ENABLED", "false"), ("BOOTSTRAP_ADMIN_CLIENT", Lively.Operator));

    private static List<RouteEndpoint> Routes(HostUnderTest host)
    {
        var routes = host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<OfAgentsDoor>() is not null && !route.RoutePattern.Parameters.Any(part => part.IsCatchAll)).ToList();
        Assert.True(routes.Count > 15, "the routes are found");
        return routes;
    }

    private static IEnumerable<string> Methods(RouteEndpoint route) => route.Metadata.OfType<HttpMethodMetadata>().Last().HttpMethods.Except(["HEAD"], StringComparer.Ordinal);

    private static async Task<IEnumerable<string>> WrongAsync(HttpClient client, RouteEndpoint route, string method, DoorTenant mine, DoorTenant theirs)
    {
        var named = $"{method} {route.RoutePattern.RawText}";
        if (route.Metadata.GetMetadata<AnswersForeign>() is not { } declared) return [$"{named} does not declare what it answers to a foreign object"];
        if (route.RoutePattern.Parameters.FirstOrDefault(part => !theirs.Ids.ContainsKey(part.Name)) is { } unknown) return [$"{named}: no id is known for {unknown.Name}"];

        var isForm = route.Metadata.GetMetadata<SpeaksOAuth>() is not null;
        var namesTheirs = Bodies.TryGetValue(named, out var write) || route.RoutePattern.Parameters.Count > 0;
        var body = method == "GET" ? null : write?.Invoke(mine, theirs) ?? "{}";
        var token = route.Metadata.GetMetadata<NeedsNoToken>() is null || route.Metadata.GetMetadata<MayShowToken>() is not null ? mine.Token : null;
        var path = PathOf(route.RoutePattern, theirs);
        var query = string.Join('&', theirs.Ids.Select(each => $"{each.Key}={each.Value}"));

        var wrong = new List<string>();
        foreach (var asked in new[] { path, $"{path}?{query}" })
        {
            var (status, answer, _) = await SendAsync(client, method, asked, token, body, isForm);
            var wanted = asked.Contains('?', StringComparison.Ordinal) && route.RoutePattern.Parameters.Count == 0 ? status : declared.Status; // a filter may be refused
            if (namesTheirs && method != "POST" | asked == path && status != wanted) wrong.Add($"{named}: {status} where it declares {declared.Status}: {answer}");
            if (status >= 500 && status != 501) wrong.Add($"{named}: {status}: {answer}"); // 501: no payment provider is set up
            if (IsPublic(route)) continue;
            wrong.AddRange(theirs.Marks.Where(mark => answer.Contains(mark, StringComparison.OrdinalIgnoreCase)).Select(mark => $"{named} shows {mark}: {answer}"));
        }

        return wrong;
    }

    /// <summary>The ids are alive: their owner is answered, or a 404 to others would prove nothing.</summary>
    private static async Task TheirsAreAliveAsync(HttpClient client, IEnumerable<RouteEndpoint> routes, DoorTenant theirs)
    {
        foreach (var route in routes.Where(route => route.RoutePattern.Parameters.Count > 0 && Methods(route).Contains("GET", StringComparer.Ordinal) && !IsOfTheInstallation(route)))
        {
            var (status, answer, _) = await SendAsync(client, "GET", PathOf(route.RoutePattern, theirs), theirs.Token, null, isForm: false);
            Assert.True(status == 200, $"{route.RoutePattern.RawText}: {status}: {answer}");
        }
    }

    private static async Task<(int Status, string Body, string Challenge)> SendAsync(HttpClient client, string method, string path, string? token, string? body, bool isForm)
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), path);
        if (token is not null) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null) message.Content = new StringContent(body, Encoding.UTF8, isForm ? "application/x-www-form-urlencoded" : "application/json");
        using var answer = await client.SendAsync(message, Ct);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct), answer.Headers.WwwAuthenticate.ToString());
    }

    /// <summary>What is published of an agent for everybody: its DID document and its card.</summary>
    private static bool IsPublic(RouteEndpoint route) => route.RoutePattern.RawText!.Contains("/did", StringComparison.Ordinal) && route.Metadata.GetMetadata<NeedsNoToken>() is not null;

    /// <summary>What no organization has: only the operator is answered.</summary>
    private static bool IsOfTheInstallation(RouteEndpoint route) => route.Metadata.GetMetadata<NeedsScope>() is { Scope: "admin:orgs" };

    private static string PathOf(RoutePattern pattern, DoorTenant owner) => "/" + string.Join('/', pattern.PathSegments.Select(segment => string.Concat(
        segment.Parts.Select(part => part is RoutePatternLiteralPart literal ? literal.Content : owner.Ids.GetValueOrDefault(((RoutePatternParameterPart)part).Name) ?? "x"))));

    /// <summary>Their rows once the workers have nothing left to do; what is only recorded about them, such as a failed sign-in, is not a change.</summary>
    /// <summary>What is stored of theirs, once nothing of it waits for a worker any more: two looks with a rest between them see the same.</summary>
    private static async Task<IReadOnlyList<string>> SettledAsync(string url, DoorTenant theirs)
    {
        await using var engine = DatabaseUrl.Engine(url, poolMax: 1);
        var db = new Db(engine);
        IReadOnlyList<string> seen = [];
        for (var tries = 0; tries < 20; tries++)
        {
            await Task.Delay(1_500, Ct); // uses are stored every second
            var before = seen;
            seen = [.. (await AllRows.MentioningAsync(url, theirs.Marks)).Where(row => !row.StartsWith("audit_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
            var waiting = await db.NumberAsync(
                $"""
                select (select count(*) from audit_pending) + (select count(*) from events where position is null)
                    + (select count(*) from webhook_deliveries where status = 'pending') as n
                """,
                Ct);
            if (waiting == 0 && seen.SequenceEqual(before, StringComparer.Ordinal)) break;
        }

        return seen;
    }
}
