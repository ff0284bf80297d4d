using System.Net;
using Credence.Tests.Hosting;

namespace Credence.Tests.Pages;

public sealed class PageLimitTests
{
    [Fact]
    public async Task One_address_opens_pages_only_so_often_and_is_told_in_a_page()
    {
        await using var host = await HostUnderTest.StartAsync(null, ("RATE_LIMIT_ADDRESS_PER_MINUTE", "2"));
        for (var visit = 0; visit < 2; visit++)
        {
            using var admitted = await host.Client.GetAsync("/consent?req=none", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, admitted.StatusCode);
        }

        using var refused = await host.Client.GetAsync("/consent?req=none", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("text/html", refused.Content.Headers.ContentType?.MediaType);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
    }
}
