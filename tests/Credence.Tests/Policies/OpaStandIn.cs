using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Credence.Tests.Policies;

/// <summary>Something at OPA's address that does what a test says.</summary>
internal sealed class OpaStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, bool> _connections = new(StringComparer.Ordinal);
    private int _requests;

    private OpaStandIn(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(http =>
        {
            Interlocked.Increment(ref _requests);
            _connections.TryAdd(http.Connection.Id, true);
            return answer(http);
        });
    }

    /// <summary>Where it is.</summary>
    public string Url => _app.Urls.Single();

    /// <summary>How often it was asked.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Over how many connections.</summary>
    public int Connections => _connections.Count;

    public static async Task<OpaStandIn> StartAsync(Func<HttpContext, Task> answer)
    {
        var stand = new OpaStandIn(answer);
        await stand._app.StartAsync();
        return stand;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
