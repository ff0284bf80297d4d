using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Credence.Outgoing;

/// <summary>An answer from outside.</summary>
/// <param name="Status">Its HTTP status; a redirect is an answer like any other and is not followed.</param>
/// <param name="Body">Its body; empty when nobody wanted it.</param>
public sealed record OutgoingAnswer(int Status, byte[] Body);

/// <summary>What one exchange may take.</summary>
/// <param name="Time">From the look-up of the host's name to the last byte.</param>
/// <param name="Bytes">The largest body.</param>
/// <param name="KeepBody">Whether the body is wanted; otherwise it is only counted.</param>
public sealed record OutgoingLimits(TimeSpan Time, int Bytes, bool KeepBody);

/// <summary>
/// The one HTTP client for addresses that others choose: webhooks, keys of other issuers, client documents (design D11). https and public addresses
/// only, checked on the very address the connection is made to, so that a name cannot mean one thing to the check and another to the connect; no
/// redirects, no proxy, no cookies; bounded in time and size.
/// </summary>
public sealed class OutgoingClient : IDisposable
{
    private static readonly TimeSpan PerAddress = TimeSpan.FromSeconds(3);

    private readonly OutgoingRules _rules;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly HttpMessageInvoker _http;

    /// <summary>A client that keeps <paramref name="rules"/>.</summary>
    public OutgoingClient(OutgoingRules rules)
        : this(rules, Dns.GetHostAddressesAsync)
    {
    }

    internal OutgoingClient(OutgoingRules rules, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        _rules = rules;
        _resolve = resolve;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None, // a small answer must not grow into a large one
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(), // our trace ids are nobody else's business
            MaxResponseHeadersLength = 32, // KiB
            PooledConnectionLifetime = TimeSpan.FromMinutes(2), // a name that moved is looked up again
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2), // less than servers keep theirs: none is written to that they have closed
            ConnectCallback = async (context, ct) => await ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, ct),
        });
    }

    /// <summary>Sends a request and reads the answer.</summary>
    /// <returns>The answer, whatever its status, or why there is none.</returns>
    public async Task<Result<OutgoingAnswer>> SendAsync(HttpRequestMessage request, OutgoingLimits limits, CancellationToken ct)
    {
        if (_rules.Problem(request.RequestUri!.OriginalString) is { } problem) return Failure.Invalid($"The address {problem}");
        using var time = CancellationTokenSource.CreateLinkedTokenSource(ct);
        time.CancelAfter(limits.Time);
        try
        {
            using var response = await _http.SendAsync(request, time.Token);
            return await ReadAsync(response, limits, time.Token) is { } body ? new OutgoingAnswer((int)response.StatusCode, body) : OutgoingFailures.TooLarge;
        }
        catch (Exception) when (time.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return OutgoingFailures.TimedOut(limits.Time);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            ct.ThrowIfCancellationRequested();
            return OutgoingFailures.Of(error);
        }
    }

    /// <summary>Connects as for a request, with TLS where the address has it, and asks for nothing.</summary>
    /// <returns>True; or why no request would get through.</returns>
    public async Task<Result<bool>> TryAsync(Uri address, TimeSpan within, CancellationToken ct)
    {
        if (_rules.Problem(address.OriginalString) is { } problem) return Failure.Invalid($"The address {problem}");
        using var time = CancellationTokenSource.CreateLinkedTokenSource(ct);
        time.CancelAfter(within);
        try
        {
            await using var stream = await ConnectAsync(address.IdnHost, address.Port, time.Token);
            if (address.Scheme != Uri.UriSchemeHttps) return true;
            await using var tls = new SslStream(stream);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.IdnHost }, time.Token);
            return true;
        }
        catch (Exception) when (time.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return OutgoingFailures.TimedOut(within);
        }
        catch (Exception error) when (error is IOException or SocketException or AuthenticationException)
        {
            ct.ThrowIfCancellationRequested();
            return OutgoingFailures.Of(error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>The body, or null when it is larger than allowed.</summary>
    private static async Task<byte[]?> ReadAsync(HttpResponseMessage response, OutgoingLimits limits, CancellationToken ct)
    {
        if (response.Content.Headers.ContentLength > limits.Bytes) return null;
        using var kept = new MemoryStream();
        var part = new byte[16 * 1024];
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        for (var total = 0; ;)
        {
            var read = await body.ReadAsync(part, ct);
            if (read == 0) return kept.ToArray();
            total += read;
            if (total > limits.Bytes) return null;
            if (limits.KeepBody) kept.Write(part, 0, read);
        }
    }

    /// <summary>Looks the name up once, and connects to an address of it that may be connected to.</summary>
    private async Task<Stream> ConnectAsync(string host, int port, CancellationToken ct)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await _resolve(host, ct);
        var allowed = _rules.AllowPrivate ? addresses : Array.FindAll(addresses, PublicAddress.Is);
        if (allowed.Length == 0) throw addresses.Length == 0 ? new SocketException((int)SocketError.HostNotFound) : new NotPublicException();

        for (var at = 0; ; at++)
        {
            var socket = new Socket(allowed[at].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var isLast = at == allowed.Length - 1;
            if (!isLast) patience.CancelAfter(PerAddress); // so that a broken IPv6 does not use up the time of IPv4
            try
            {
                await socket.ConnectAsync(allowed[at], port, patience.Token);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception error)
            {
                socket.Dispose();
                if (isLast || ct.IsCancellationRequested || error is not (SocketException or OperationCanceledException)) throw;
            }
        }
    }
}
