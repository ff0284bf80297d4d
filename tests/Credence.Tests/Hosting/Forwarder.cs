using System.Net;
using System.Net.Sockets;
using Credence.Tests.Support;

namespace Credence.Tests.Hosting;

/// <summary>A way to a database server that a test can close and open: the outage of a network, without one.</summary>
internal sealed class Forwarder : IAsyncDisposable
{
    private readonly TestDb _database;
    private readonly Uri _server;
    private readonly int _port = ServerProcess.FreePort();
    private TcpListener? _listener;
    private CancellationTokenSource _open = new();

    private Forwarder(TestDb database)
    {
        _database = database;
        _server = new Uri(database.Url);
        Url = new UriBuilder(_server) { Host = "127.0.0.1", Port = _port }.Uri.AbsoluteUri;
    }

    /// <summary>The database's address through this.</summary>
    public string Url { get; }

    /// <summary>An open way to <paramref name="database"/>, which goes when this does.</summary>
    public static Task<Forwarder> ToPostgresAsync(TestDb database, bool open = true)
    {
        var forwarder = new Forwarder(database);
        if (open) forwarder.Open();
        return Task.FromResult(forwarder);
    }

    /// <summary>Lets connections through.</summary>
    public void Open()
    {
        _open = new CancellationTokenSource();
        _listener = new TcpListener(IPAddress.Loopback, _port);
        _listener.Start();
        _ = AcceptAsync(_listener, _open.Token);
    }

    /// <summary>Cuts every connection and refuses new ones.</summary>
    public void Close()
    {
        _open.Cancel();
        _listener?.Stop();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Close();
        _open.Dispose();
        await _database.DisposeAsync();
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken open)
    {
        try
        {
            while (true) _ = CarryAsync(await listener.AcceptTcpClientAsync(open), open);
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // closed
        }
    }

    private async Task CarryAsync(TcpClient near, CancellationToken open)
    {
        using (near)
        {
            using var far = new TcpClient();
            try
            {
                await far.ConnectAsync(_server.Host, _server.Port, open);
                var there = near.GetStream().CopyToAsync(far.GetStream(), open);
                var back = far.GetStream().CopyToAsync(near.GetStream(), open);
                await Task.WhenAny(there, back);
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
            {
                // cut
            }
        }
    }
}
