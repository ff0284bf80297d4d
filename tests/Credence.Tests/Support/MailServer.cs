using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Credence.Outgoing;

namespace Credence.Tests.Support;

/// <summary>Somebody's mail server on a loopback port: it takes every mail and keeps it, unless a test says otherwise.</summary>
public sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _mails = new();
    private readonly ConcurrentQueue<string> _commands = new();
    private readonly SmtpSecurity _security;
    private readonly Task _accepting;

    public MailServer(SmtpSecurity security = SmtpSecurity.None)
    {
        _security = security;
        Certificate = security == SmtpSecurity.None ? null : SelfSigned();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What it shows for itself; a sender that trusts it trusts this.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>What it offers in answer to EHLO.</summary>
    public IReadOnlyList<string> Offers { get; set; } = ["AUTH PLAIN LOGIN"];

    /// <summary>What it answers to a line instead of the usual; null for the usual.</summary>
    public Func<string, string?> Answer { get; set; } = _ => null;

    /// <summary>Waited for before each answer.</summary>
    public Func<Task> Pause { get; set; } = () => Task.CompletedTask;

    /// <summary>Envelope and text of each.</summary>
    public IReadOnlyList<string> All => [.. _mails];

    /// <summary>Every line that was sent to it outside of mails.</summary>
    public IReadOnlyList<string> Commands => [.. _commands];

    public SmtpServer At(string? user = null, string? password = null) => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port, _security, user, password);

    /// <summary>The mail's text as a reader sees it: its parts decoded, one after the other.</summary>
    public static string Read(string mail)
    {
        var bytes = new List<byte>();
        var text = mail.Replace("=\r\n", "", StringComparison.Ordinal);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '=' && at + 2 < text.Length && byte.TryParse(text.AsSpan(at + 1, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out var code))
            {
                bytes.Add(code);
                at += 2;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text, at, 1));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        Certificate?.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = TakeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // the end
        }
    }

    private async Task TakeAsync(TcpClient client)
    {
        using var connection = client;
        await using var clear = client.GetStream();
        try
        {
            if (_security == SmtpSecurity.Tls) await TalkAsync(await EncryptAsync(clear), isGreeted: false);
            else if (await TalkAsync(clear, isGreeted: false)) await TalkAsync(await EncryptAsync(clear), isGreeted: true);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // the other end went, or the test did
        }
    }

    private async Task<Stream> EncryptAsync(Stream clear)
    {
        var tls = new SslStream(clear);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate! }, _stop.Token);
        return tls;
    }

    /// <summary>RFC 5321, as much of it as a mail needs.</summary>
    /// <returns>Whether TLS is to begin.</returns>
    private async Task<bool> TalkAsync(Stream stream, bool isGreeted)
    {
        var reader = new StreamReader(stream, Encoding.UTF8);
        var mail = new StringBuilder();
        if (!isGreeted) await SayAsync(stream, Answer("") ?? "220 test");
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            _commands.Enqueue(line);
            mail.Append(line).Append("\r\n");
            await Pause();
            if (Answer(line) is { } said)
            {
                await SayAsync(stream, said);
                if (line == "STARTTLS") return false;
                continue;
            }

            if (line.StartsWith("EHLO", StringComparison.Ordinal)) await SayAsync(stream, Greeting(isGreeted));
            else if (line == "STARTTLS") await SayAsync(stream, "220 go on");
            else if (line == "AUTH LOGIN") await SignOnAsync(reader, stream);
            else if (line.StartsWith("AUTH", StringComparison.Ordinal)) await SayAsync(stream, "235 welcome");
            else if (line == "DATA") await KeepAsync(reader, stream, mail);
            else await SayAsync(stream, line == "QUIT" ? "221 bye" : "250 ok");
            if (line == "STARTTLS") return true;
        }

        return false;
    }

    private string Greeting(bool isEncrypted)
    {
        string[] offers = _security == SmtpSecurity.Starttls && !isEncrypted ? ["STARTTLS", .. Offers] : [.. Offers];
        return string.Join("\r\n", ["250-test", .. offers.Select(offer => $"250-{offer}"), "250 8BITMIME"]);
    }

    private async Task SignOnAsync(StreamReader reader, Stream stream)
    {
        await SayAsync(stream, "334 VXNlcm5hbWU6");
        _commands.Enqueue(await reader.ReadLineAsync(_stop.Token) ?? "");
        await SayAsync(stream, "334 UGFzc3dvcmQ6");
        _commands.Enqueue(await reader.ReadLineAsync(_stop.Token) ?? "");
        await SayAsync(stream, "235 welcome");
    }

    private async Task KeepAsync(StreamReader reader, Stream stream, StringBuilder mail)
    {
        await SayAsync(stream, "354 go on");
        while (await reader.ReadLineAsync(_stop.Token) is { } text && text != ".") mail.Append(text.StartsWith('.') ? text[1..] : text).Append("\r\n");
        var said = Answer(".");
        if (said is null) _mails.Enqueue(mail.ToString());
        await SayAsync(stream, said ?? "250 taken as 42");
    }

    private async Task SayAsync(Stream stream, string answer) => await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\r\n"), _stop.Token);

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
