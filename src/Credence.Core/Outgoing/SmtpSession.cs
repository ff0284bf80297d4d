using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Credence.Outgoing;

/// <summary>One connection to a mail server: greeted, encrypted and signed on as <see cref="SmtpServer"/> says, before anything is sent.</summary>
internal sealed class SmtpSession : IAsyncDisposable
{
    private readonly SmtpServer _server;
    private readonly X509Certificate2Collection? _trusted;
    private readonly Socket _socket;
    private SmtpLines _lines;
    private HashSet<string> _offers = [];

    private SmtpSession(SmtpServer server, X509Certificate2Collection? trusted, Socket socket)
    {
        (_server, _trusted, _socket) = (server, trusted, socket);
        _lines = new SmtpLines(new NetworkStream(socket, ownsSocket: true));
    }

    public static async Task<SmtpSession> OpenAsync(SmtpServer server, X509Certificate2Collection? trusted, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server.Host, server.Port, ct);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var session = new SmtpSession(server, trusted, socket);
        try
        {
            await session.BeginAsync(ct);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a mail.</summary>
    /// <returns>What the server said when it took it.</returns>
    public async Task<string> SendAsync(WrittenMail mail, CancellationToken ct)
    {
        var international = mail.NeedsUtf8 ? " SMTPUTF8" : "";
        if (mail.NeedsUtf8 && !_offers.Contains("SMTPUTF8")) throw new SmtpEndedException(SmtpFailures.NotAscii);
        await CommandAsync("MAIL FROM", $"MAIL FROM:<{mail.From}>{international}", 250, ct);
        foreach (var to in mail.To) await CommandAsync("RCPT TO", $"RCPT TO:<{to}>", 250, ct);
        await CommandAsync("DATA", "DATA", 354, ct);
        await _lines.WriteAsync(Stuffed(mail.Text), ct);
        var taken = await ExpectAsync("DATA", 250, ct);
        await LeaveAsync(ct); // the mail is taken
        return taken;
    }

    /// <summary>Says that this was all: whatever comes of that changes nothing.</summary>
    public async Task LeaveAsync(CancellationToken ct)
    {
        try
        {
            await _lines.WriteAsync("QUIT\r\n"u8.ToArray(), ct);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // it has left already
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _lines.DisposeAsync();

    private async Task BeginAsync(CancellationToken ct)
    {
        if (_server.Security == SmtpSecurity.Tls) await EncryptAsync(ct);
        await ExpectAsync("the connection", 220, ct);
        await GreetAsync(ct);
        if (_server.Security == SmtpSecurity.Starttls)
        {
            if (!_offers.Contains("STARTTLS")) throw new SmtpEndedException(SmtpFailures.NoStarttls);
            await CommandAsync("STARTTLS", "STARTTLS", 220, ct);
            if (_lines.HasMore) throw new SmtpEndedException(SmtpFailures.NotClean);
            await EncryptAsync(ct);
            await GreetAsync(ct); // what was offered in clear may have been changed on the way (RFC 3207 4.2)
        }

        if (_server.Username is { } user) await SignOnAsync(user, _server.Password ?? "", ct);
    }

    private async Task EncryptAsync(CancellationToken ct)
    {
        var tls = new SslStream(_lines.Stream);
        _lines = new SmtpLines(tls);
        var options = new SslClientAuthenticationOptions { TargetHost = _server.Host };
        if (_trusted is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(_trusted);
        }

        await tls.AuthenticateAsClientAsync(options, ct);
    }

    /// <summary>EHLO, under the address of this end: a machine's name is nobody else's business (RFC 5321 4.1.3).</summary>
    private async Task GreetAsync(CancellationToken ct)
    {
        var here = ((IPEndPoint)_socket.LocalEndPoint!).Address;
        if (here.IsIPv4MappedToIPv6) here = here.MapToIPv4();
        var literal = here.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{new IPAddress(here.GetAddressBytes())}]" : $"[{here}]";
        var answer = await CommandAsync("EHLO", $"EHLO {literal}", 250, ct);
        _offers = [.. answer.Split('\n').Skip(1).Select(line => line.ToUpperInvariant())];
        foreach (var line in _offers.Where(line => line.StartsWith("AUTH ", StringComparison.Ordinal)).ToList())
        {
            foreach (var way in line.Split(' ').Skip(1)) _offers.Add($"AUTH {way}");
        }
    }

    private async Task SignOnAsync(string user, string password, CancellationToken ct)
    {
        if (_offers.Contains("AUTH PLAIN"))
        {
            await CommandAsync("AUTH", $"AUTH PLAIN {Base64($"\0{user}\0{password}")}", 235, ct);
            return;
        }

        if (!_offers.Contains("AUTH LOGIN")) throw new SmtpEndedException(SmtpFailures.NoAuthentication);
        await CommandAsync("AUTH", "AUTH LOGIN", 334, ct);
        await CommandAsync("AUTH", Base64(user), 334, ct);
        await CommandAsync("AUTH", Base64(password), 235, ct);
    }

    private async Task<string> CommandAsync(string name, string line, int expected, CancellationToken ct)
    {
        await _lines.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), ct);
        return await ExpectAsync(name, expected, ct);
    }

    private async Task<string> ExpectAsync(string command, int expected, CancellationToken ct)
    {
        var (code, text) = await _lines.AnswerAsync(ct);
        if (code == expected || (expected == 250 && code is 251 or 252)) return text;
        throw new SmtpEndedException(code is >= 400 and < 600 ? SmtpFailures.Refused(command, code) : SmtpFailures.NotSmtp);
    }

    /// <summary>The text with a dot put before each line that begins with one, and the line that ends it (RFC 5321 4.5.2).</summary>
    private static byte[] Stuffed(byte[] text)
    {
        using var stuffed = new MemoryStream(text.Length + 16);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '.' && (at == 0 || text[at - 1] == '\n')) stuffed.WriteByte((byte)'.');
            stuffed.WriteByte(text[at]);
        }

        stuffed.Write(".\r\n"u8); // what is written ends with a line end
        return stuffed.ToArray();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
