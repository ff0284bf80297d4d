using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Credence.Outgoing;

/// <summary>
/// Why a mail did not leave, in classes an administrator can act on. <see cref="FailureKind.Unavailable"/> may go better later; any other is final: a mail server's
/// 5xx says that the same attempt would fail again (RFC 5321 4.2.1).
/// </summary>
public static class SmtpFailures
{
    /// <summary>The server does not offer the encryption that is asked for.</summary>
    public static readonly Failure NoStarttls = Final("smtp.tls", "The mail server does not offer STARTTLS");

    /// <summary>There was something behind the answer to STARTTLS, still in clear: somebody on the way put it there.</summary>
    public static readonly Failure NotClean = Final("smtp.tls", "The mail server went on in clear after STARTTLS");

    /// <summary>The server takes no user names, or in no way this client knows.</summary>
    public static readonly Failure NoAuthentication = Final("smtp.auth", "The mail server offers neither AUTH PLAIN nor AUTH LOGIN");

    /// <summary>An address needs what the server does not offer (RFC 6531).</summary>
    public static readonly Failure NotAscii = Final("smtp.address", "The mail server takes no addresses beyond ASCII");

    /// <summary>What is to be sent would say more to the mail server than it should: a line end in an address or a header.</summary>
    public static readonly Failure Malformed = Final("smtp.address", "An address or header of the mail cannot be sent");

    /// <summary>What came is no answer of a mail server.</summary>
    public static readonly Failure NotSmtp = Later("smtp.protocol", "What answered is no mail server, or the connection broke");

    /// <summary>It took too long.</summary>
    public static Failure TimedOut(TimeSpan limit) =>
        Later("smtp.timeout", string.Create(CultureInfo.InvariantCulture, $"The mail server did not take the mail within {limit.TotalSeconds:0.###} s"));

    /// <summary>The server said no. Its own words are left out: they may hold the address.</summary>
    internal static Failure Refused(string command, int code)
    {
        var sentence = string.Create(CultureInfo.InvariantCulture, $"The mail server answered {code} to {command}");
        var what = command == "AUTH" ? "smtp.auth" : "smtp.refused";
        return code >= 500 ? Final(what, sentence) : Later(what, sentence);
    }

    /// <summary>What went wrong on the network.</summary>
    internal static Failure Of(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SocketException socket: return Later("smtp.unreachable", $"The connection to the mail server failed: {socket.SocketErrorCode}");
                case AuthenticationException: return Later("smtp.tls", "The mail server's certificate is not trusted, or TLS failed");
            }
        }

        return NotSmtp;
    }

    private static Failure Final(string code, string detail) => new(FailureKind.BadUpstream, code, detail);

    private static Failure Later(string code, string detail) => new(FailureKind.Unavailable, code, detail);
}

/// <summary>Thrown inside a session, where any answer may end it, to come out as its failure.</summary>
internal sealed class SmtpEndedException(Failure failure) : Exception(failure.Detail)
{
    /// <summary>Why it ended.</summary>
    public Failure Failure => failure;
}
