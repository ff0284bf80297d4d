using System.Collections.Specialized;
using System.Net;
using System.Net.Sockets;
using System.Web;

namespace Credence.Samples.Demo;

/// <summary>The developer's own address to which the browser comes back: a listener on a free port of this machine.</summary>
internal sealed class Callback : IDisposable
{
    private readonly HttpListener _listener = new();

    public Callback()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/callback");
        probe.Stop();
        _listener.Prefixes.Add(Address.GetLeftPart(UriPartial.Authority) + "/");
        _listener.Start();
    }

    public Uri Address { get; }

    /// <summary>Waits for the browser and reads what it brings.</summary>
    public async Task<NameValueCollection> WaitAsync()
    {
        var visit = await _listener.GetContextAsync();
        visit.Response.Close();
        return HttpUtility.ParseQueryString(visit.Request.Url!.Query);
    }

    public void Dispose() => _listener.Close();
}
