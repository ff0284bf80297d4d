using Credence.Gateways;
using Credence.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Credence.Tests.Gateways;

/// <summary>The rules of <c>FORWARD_AUTH_ROUTES_FILE</c> (contract standards 11).</summary>
public sealed class ProtectedRoutesTests : IDisposable
{
    private const string Lent = """ "organizations": ["dev_01J9ZK3V5D0000000000000000"], "scopes": ["a"] """;

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("/a", "/a")]
    [InlineData("/a/b?c=/../d", "/a/b")]
    [InlineData("/%61/x", "/a")]
    [InlineData("/ab", "/")]
    [InlineData("/", "/")]
    [InlineData("/a/b/c", "/a/b")]
    [InlineData("/A", null)] // a service for which capital letters are small ones would go to /a
    [InlineData("/a/../b", null)]
    [InlineData("/a/%2e%2e/b", null)]
    [InlineData("/a/.%2E/b", null)]
    [InlineData("/a/..;x/b", null)]
    [InlineData("/a/./b", null)]
    [InlineData("/x%2fa", null)]
    [InlineData("/x%5ca", null)]
    [InlineData("/x\\a", null)]
    [InlineData("/x%252fa", null)]
    [InlineData("/x//a", null)]
    [InlineData("//a", null)]
    [InlineData("/x%00", null)]
    [InlineData("/x%ff", null)]
    [InlineData("/x#a", null)]
    [InlineData("/é", null)]
    [InlineData("a", null)]
    [InlineData("", null)]
    public void The_rule_with_the_longest_path_holds_and_none_where_a_path_can_be_read_in_two_ways(string target, string? path)
    {
        var routes = Of("""{ "host": "h.test", "path": "/", "admit": ["people"] }, { "host": "h.test", "path": "/a", "admit": ["people"] }, { "host": "h.test", "path": "/a/b", "admit": ["people"] }""");
        Assert.Equal(path, routes.Find(new AskedRequest("GET", "https", "H.test:443", target))?.Path);
        Assert.Null(routes.Find(new AskedRequest("GET", "https", "other.test", target)));
        Assert.Null(routes.Find(new AskedRequest("GET", "https", "h.test:8443", target)));
    }

    [Fact]
    public void A_method_that_the_longest_path_does_not_have_is_not_had_from_a_shorter_one()
    {
        var routes = Of("""{ "host": "h.test", "path": "/", "admit": ["people"] }, { "host": "h.test", "path": "/a", "methods": ["GET", "HEAD"], "admit": ["people"] }""");
        Assert.NotNull(routes.Find(new AskedRequest("GET", "https", "h.test", "/a/b")));
        Assert.Null(routes.Find(new AskedRequest("POST", "https", "h.test", "/a/b")));
        Assert.NotNull(routes.Find(new AskedRequest("POST", "https", "h.test", "/b")));
    }

    [Theory]
    [InlineData("""{ "host": "h.test", "path": "/", "admit": ["people"], "scope": ["a"] }""", "does not hold routes as documented")] // misspelled, it would shut nothing
    [InlineData("""{ "host": "h.test", "path": "/" }""", "does not hold routes as documented")]
    [InlineData("""{ "host": "h.test", "path": "/", "admit": null }""", "does not hold routes as documented")]
    [InlineData("""{ "host": "h.test", "path": "/", "admit": ["people"], "admit": ["agents"] }""", "does not hold routes as documented")]
    [InlineData("""{ "host": "h.test", "path": "/", "admit": [] }""", "must admit some of people, agents, grants")]
    [InlineData("""{ "host": "h.test", "path": "/", "admit": ["everybody"] }""", "must admit some of people, agents, grants")]
    [InlineData("""{ "host": "h.test/x", "path": "/", "admit": ["people"] }""", "needs a host")]
    [InlineData("""{ "host": "", "path": "/", "admit": ["people"] }""", "needs a host")]
    [InlineData("""{ "host": "h.test", "path": "a", "admit": ["people"] }""", "needs a path")]
    [InlineData("""{ "host": "h.test", "path": "/%61", "admit": ["people"] }""", "needs a path")]
    [InlineData("""{ "host": "h.test", "path": "/", "admit": ["people"], "methods": ["get"] }""", "has a method that is none")]
    [InlineData("""{ "host": "h.test", "path": "/", "admit": ["agents"], "scopes": ["a"] }""", "must name the organizations and the scopes")]
    [InlineData("""{ "host": "h.test", "path": "/", "admit": ["grants"], "organizations": ["x"], "scopes": ["a"] }""", "names an organization by something that is no id")]
    [InlineData("{", "does not hold routes as documented")]
    public void A_file_that_says_something_else_is_refused_with_what_would_do(string routes, string problem) =>
        Assert.Contains(problem, ProtectedRoutes.ProblemOf(Write(routes)), StringComparison.Ordinal);

    [Fact]
    public async Task A_changed_file_is_taken_up_and_a_broken_one_is_not()
    {
        var file = Write($$"""{ "host": "h.test", "path": "/a", "admit": ["grants"], {{Lent}} }""");
        var routes = new ProtectedRoutes(new GatewayOptions { RoutesFile = file }, NullLogger<ProtectedRoutes>.Instance);
        Assert.NotNull(Find("/a"));

        Write("""{ "host": "h.test", "path": "/b", "admit": ["people"] }""");
        await routes.ReloadAsync(TestContext.Current.CancellationToken);
        Assert.Null(Find("/a"));
        Assert.NotNull(Find("/b"));

        Write("""{ "host": "h.test", "path": "/c", "admit": ["nobody"] }""");
        await routes.ReloadAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(Find("/b"));
        File.Delete(file);
        await routes.ReloadAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(Find("/b"));

        ProtectedRoute? Find(string path) => routes.Find(new AskedRequest("GET", "https", "h.test", path));
    }

    public void Dispose() => _folder.Dispose();

    private ProtectedRoutes Of(string routes) => new(new GatewayOptions { RoutesFile = Write(routes) }, NullLogger<ProtectedRoutes>.Instance);

    private string Write(string routes) => _folder.Write("routes.json", $$"""{ "routes": [ {{routes}} ] }""");
}
