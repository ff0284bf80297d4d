using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Credence.Outgoing;

/// <summary>Why there is no answer. The sentences are shown to whoever gave the address: they say nothing of this server's network.</summary>
public static class OutgoingFailures
{
    /// <summary>Every address of the host lies outside the public internet.</summary>
    public static readonly Failure NotPublic = Because("The host has no public address");

    /// <summary>The answer's body is larger than allowed.</summary>
    public static readonly Failure TooLarge = Because("The answer is too large");

    /// <summary>It took too long, from the look-up of the host to the answer's last byte.</summary>
    public static Failure TimedOut(TimeSpan limit) => Because(string.Create(CultureInfo.InvariantCulture, $"No complete answer within {limit.TotalSeconds:0.###} s"));

    /// <summary>What went wrong on the network.</summary>
    internal static Failure Of(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case NotPublicException: return NotPublic;
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }: return Because("The host's name is unknown");
                case SocketException socket: return Because($"The connection failed: {socket.SocketErrorCode}");
                case AuthenticationException: return Because("The host's certificate is not trusted, or TLS failed");
                case HttpIOException io: return Because($"The answer is no HTTP answer: {io.HttpRequestError}");
            }
        }

        return Because("The connection broke before the answer was complete");
    }

    private static Failure Because(string detail) => new(FailureKind.Unavailable, "OUTGOING_FAILED", detail);
}

/// <summary>Thrown inside the client's own connect, to come out as <see cref="OutgoingFailures.NotPublic"/>.</summary>
internal sealed class NotPublicException() : IOException("not a public address");
