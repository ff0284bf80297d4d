using Credence.Gateways;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;
using Microsoft.Extensions.Logging.Abstractions;

namespace Credence.Tests.Gateways;

public sealed class ReturnTicketsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task A_browser_goes_back_to_where_it_came_from_and_nowhere_else()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        var file = _folder.Write("routes.json", """{ "routes": [ { "host": "h.test", "path": "/", "admit": ["people"] } ] }""");
        var routes = new ProtectedRoutes(new GatewayOptions { RoutesFile = file }, NullLogger<ProtectedRoutes>.Instance);
        var tickets = new ReturnTickets(TestKeys.Ring, routes, world.Get<TokenOptions>(), world.Clock);
        var ticket = tickets.Sign(new AskedRequest("GET", "https", "H.test:443", "/a?b=c"));
        Assert.Equal("https://h.test/a?b=c", tickets.Read(ticket)?.AbsoluteUri);
        Assert.Null(tickets.Read(tickets.Sign(new AskedRequest("GET", "https", "evil.test", "/a"))));
        Assert.Null(tickets.Read(ticket[..^4] + "AAAA"));
        Assert.Null(tickets.Read("https://evil.test/"));
        Assert.Null(tickets.Read(new AssertVisitor(TestKeys.Ring, world.Get<TokenOptions>(), world.Clock).Run(new Visitor("person:1"), "https://h.test")));

        world.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Null(tickets.Read(ticket));
    }

    public void Dispose() => _folder.Dispose();
}
