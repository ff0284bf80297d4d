using System.Net;
using Credence.Server.Agents;
using Credence.Server.People;
using Credence.Storage;
using Credence.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.Tests.Hosting;

/// <summary>
/// Two organizations that have the same of everything: names, people, addresses, a directory with the same ids. The routes come from the
/// server itself: a new one is asked for the other's things without anybody remembering it here, and must answer 404.
/// </summary>
public sealed class TwoOrganizationsTests
{
    /// <summary>Routes that answer others than the owner: what is published for everybody.</summary>
    private static readonly string[] Published = ["/v1/agents/{id}/did.json", "/scim/v2/ResourceTypes/{name}", "/scim/v2/Schemas/{urn}"];

    /// <summary>Routes whose id is a secret or a link that its holder may use, whoever that is; and the operator's, who sees every organization.</summary>
    private static readonly string[] ByHolder = ["/v1/consent/{id}", "/v1/signup/verify/{token}", "/v1/admin/", "/dev/outbox"];

    /// <summary>Routes after which the caller is nobody any more, and would prove nothing.</summary>
    private static readonly string[] SignsOut = ["POST /v1/api/identity/auth/sign-out", "DELETE /v1/api/identity/auth/sessions"];

    /// <summary>Bodies for routes that refuse what the others take together.</summary>
    private static readonly Dictionary<string, string> Bodies = new(StringComparer.Ordinal)
    {
        ["PUT /scim/v2/Users/{id}"] = """{"userName":"eve@example.test"}""",
        ["PATCH /scim/v2/Groups/{id}"] = """{"Operations":[{"op":"replace","path":"displayName","value":"Mine"}]}""",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachEngine]
    public async Task Whoever_names_what_is_anothers_sees_nothing_of_it_and_changes_nothing(EngineKind engine)
    {
        await using var database = await TestDb.EmptyAsync(engine);
        await using var host = await HostUnderTest.StartAsync(
            null, ("DATABASE_URL", database.Url), ("RATE_LIMITS_ENABLED", "false"), ("PLAN_FREE_AGENTS", "unlimited"), ("BOOTSTRAP_ADMIN_CLIENT", Lively.Operator));
        await using var receiver = await Receiver.StartAsync();
        var theirs = await Lively.MakeAsync(host.Client, receiver.Url);
        var mine = await Lively.MakeAsync(host.Client, receiver.Url);
        var marks = Marks(theirs).Except(Marks(mine)).ToArray();
        Assert.True(marks.Length > 20, "the other organization is known by its ids");
        var before = await AllRows.SettledAsync(database.Url, marks);
        var routes = host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<OfAgentsDoor>() is null) // its tenants are others: see ForeignObjectsTests
            .Where(route => !Methods(route).Any(method => SignsOut.Contains($"{method} {route.RoutePattern.RawText}", StringComparer.Ordinal)))
            .Where(route => !ByHolder.Any(each => route.RoutePattern.RawText!.StartsWith(each, StringComparison.Ordinal))).ToList();

        var wrong = new List<string>();
        foreach (var route in routes)
        {
            foreach (var request in Requests(route, mine, theirs)) wrong.AddRange(await WrongAsync(host, route, request, marks));
        }

        foreach (var route in routes) // last: what I wrote myself I may read again
        {
            foreach (var request in Posts(route, mine, theirs)) wrong.AddRange(await WrongAsync(host, route, request, marks));
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        var after = await AllRows.SettledAsync(database.Url, marks);
        Assert.Empty(before.Except(after).Select(row => $"gone: {row}").Concat(after.Except(before).Where(row => !row.Contains(mine.Ids["developers"][0], StringComparison.Ordinal))));
        await TheirOwnAnswersAsync(host, routes, theirs);
    }

    /// <summary>What only one organization has: its ids, keys and tokens.</summary>
    private static IEnumerable<string> Marks(Lively organization) =>
        [.. organization.Values.Where(value => value.Length >= 16), organization.Key, organization.Session, organization.ScimToken];

    /// <summary>My key and my words about their things: their ids in the path and in the query.</summary>
    private static IEnumerable<AnyRequest> Requests(RouteEndpoint route, Lively mine, Lively theirs)
    {
        var path = PathOf(route.RoutePattern, theirs);
        var query = string.Join('&', theirs.Members.Where(each => each.Value.StartsWith('"') && each.Key != "status").Select(each => $"{each.Key}={Uri.EscapeDataString(each.Value.Trim('"'))}"));
        foreach (var method in Methods(route))
        {
            var body = IsRead(method) ? null : BodyOf(method, route, mine);
            yield return new(method, path, body, "application/json", AnyRequest.UsualKey(route, mine));
            yield return new(method, $"{path}?{query}", body, "application/json", AnyRequest.UsualKey(route, mine));
        }
    }

    /// <summary>My key and a body full of their ids.</summary>
    private static IEnumerable<AnyRequest> Posts(RouteEndpoint route, Lively mine, Lively theirs) =>
        from method in Methods(route)
        where !IsRead(method)
        select new AnyRequest(method, PathOf(route.RoutePattern, theirs), BodyOf(method, route, theirs), "application/json", AnyRequest.UsualKey(route, mine));

    private static IEnumerable<string> Methods(RouteEndpoint route) =>
        (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Except(["OPTIONS"], StringComparer.Ordinal);

    private static bool IsRead(string method) => method is "GET" or "HEAD";

    private static async Task<IEnumerable<string>> WrongAsync(HostUnderTest host, RouteEndpoint route, AnyRequest request, string[] marks)
    {
        using var message = request.ToMessage(host.Client.BaseAddress!);
        using var answer = await host.Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Ct);
        var isStream = answer.Content.Headers.ContentType?.MediaType == "text/event-stream";
        var body = isStream ? "" : await answer.Content.ReadAsStringAsync(Ct);
        var named = $"{request.Method} {route.RoutePattern.RawText}";
        if (IsPublished(route)) return [];
        var wrong = new List<string>();
        if (NamesOne(route) && answer.StatusCode != Refusal(route)) wrong.Add($"{named}: {(int)answer.StatusCode}: {body}");
        wrong.AddRange(marks.Where(mark => body.Contains(mark, StringComparison.Ordinal) && !IsSent(request, mark)).Select(mark => $"{named} shows {mark}: {body}"));
        return wrong;
    }

    /// <summary>The ids are alive: their owner is answered, or a 404 to me would prove nothing.</summary>
    private static async Task TheirOwnAnswersAsync(HostUnderTest host, List<RouteEndpoint> routes, Lively theirs)
    {
        var unanswered = new List<string>();
        foreach (var route in routes.Where(route => NamesOne(route) && !IsPublished(route) && Refusal(route) == HttpStatusCode.NotFound))
        {
            if (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") != true) continue;
            using var message = new AnyRequest("GET", PathOf(route.RoutePattern, theirs), null, null, AnyRequest.UsualKey(route, theirs)).ToMessage(host.Client.BaseAddress!);
            using var answer = await host.Client.SendAsync(message, Ct);
            if (!answer.IsSuccessStatusCode) unanswered.Add($"{route.RoutePattern.RawText}: {(int)answer.StatusCode}");
        }

        Assert.Empty(unanswered);
    }

    /// <summary>Their things are not there for me; what belongs to the installation is refused before anybody looks whether it is there.</summary>
    private static HttpStatusCode Refusal(RouteEndpoint route) =>
        route.Metadata.GetMetadata<NeedsBasic>() is not null ? HttpStatusCode.Unauthorized
        : route.Metadata.GetMetadata<NeedsPermission>() is not null ? HttpStatusCode.Forbidden
        : HttpStatusCode.NotFound;

    private static bool NamesOne(RouteEndpoint route) => route.RoutePattern.Parameters.Any(part => !part.IsCatchAll);

    private static bool IsPublished(RouteEndpoint route) => Published.Contains(route.RoutePattern.RawText, StringComparer.Ordinal);

    private static bool IsSent(AnyRequest request, string mark) =>
        request.Path.Contains(mark, StringComparison.Ordinal) || request.Body?.Contains(mark, StringComparison.Ordinal) == true;

    private static string BodyOf(string method, RouteEndpoint route, Lively organization) =>
        Bodies.GetValueOrDefault($"{method} {route.RoutePattern.RawText}") ?? $"{{{string.Join(',', organization.Members.Select(each => $"\"{each.Key}\":{each.Value}"))}}}";

    private static string PathOf(RoutePattern pattern, Lively owner)
    {
        var ids = new Queue<string>(owner.IdsFor(pattern.RawText!));
        return "/" + string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternParameterPart { IsCatchAll: true } => "x",
            _ => ids.Count > 1 ? ids.Dequeue() : ids.Peek(),
        }))));
    }
}
