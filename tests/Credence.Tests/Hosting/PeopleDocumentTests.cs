using System.Text.Json.Nodes;
using Credence.Server.People.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Credence.Tests.Hosting;

/// <summary>The document of the people door against its routes (contract identity ID-4).</summary>
public sealed class PeopleDocumentTests
{
    [Fact]
    public async Task Every_route_of_the_people_door_is_described()
    {
        await using var host = await HostUnderTest.StartAsync();
        var routes = host.App.Services.GetRequiredService<EndpointDataSource>();
        var described = ApiDocument.Described();
        var mapped = ApiDocument.Operations(routes).Select(each => $"{each.Method} {each.Route.RoutePattern.RawText}").ToList();
        Assert.All(mapped, operation => Assert.True(described.ContainsKey(operation), operation));

        var document = JsonNode.Parse(await host.Client.GetStringAsync("/v1/api/identity/doc/openapi.json", TestContext.Current.CancellationToken))!;
        var shown = document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}"));
        Assert.Equal(mapped.Order(StringComparer.Ordinal), shown.Order(StringComparer.Ordinal));
    }
}
