using System.Diagnostics;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Credence.Telemetry;

namespace Credence.Outgoing;

/// <summary>Hands mails to a mail server (RFC 5321, submission as RFC 6409 and 8314 have it), one connection each.</summary>
public sealed class SmtpSender
{
    private readonly X509Certificate2Collection? _trusted;

    /// <summary>A sender that trusts whom the system trusts.</summary>
    public SmtpSender()
    {
    }

    internal SmtpSender(X509Certificate2Collection trusted) => _trusted = trusted;

    /// <summary>Sends one mail to all its receivers.</summary>
    /// <returns>What the server said when it took it, often with the name it gave it; or why it did not. A mail to several is taken for all of them or for none.</returns>
    public async Task<Result<string>> SendAsync(SmtpServer server, Mail mail, DateTimeOffset now, TimeSpan within, CancellationToken ct)
    {
        if (MailWriter.Write(mail, now) is not { } written) return SmtpFailures.Malformed;
        using var span = Tracing.Source.StartActivity("smtp.send", ActivityKind.Client);
        span?.SetTag("server.address", server.Host);
        return await AtAsync(server, (session, timed) => session.SendAsync(written, timed), within, ct);
    }

    /// <summary>Connects, encrypts and signs on as for a mail, and leaves without sending one.</summary>
    /// <returns>The server's name; or why no mail would leave by it.</returns>
    public Task<Result<string>> TryAsync(SmtpServer server, TimeSpan within, CancellationToken ct) => AtAsync(
        server,
        async (session, timed) =>
        {
            await session.LeaveAsync(timed);
            return server.ToString();
        },
        within, ct);

    private async Task<Result<string>> AtAsync(SmtpServer server, Func<SmtpSession, CancellationToken, Task<string>> what, TimeSpan within, CancellationToken ct)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(ct);
        time.CancelAfter(within);
        try
        {
            await using var session = await SmtpSession.OpenAsync(server, _trusted, time.Token);
            return await what(session, time.Token);
        }
        catch (SmtpEndedException ended)
        {
            return ended.Failure;
        }
        catch (Exception) when (time.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            return SmtpFailures.TimedOut(within);
        }
        catch (Exception error) when (error is IOException or System.Net.Sockets.SocketException or AuthenticationException)
        {
            ct.ThrowIfCancellationRequested();
            return SmtpFailures.Of(error);
        }
    }
}
