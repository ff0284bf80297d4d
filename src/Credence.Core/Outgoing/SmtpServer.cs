namespace Credence.Outgoing;

/// <summary>How the way to a mail server is protected.</summary>
public enum SmtpSecurity
{
    /// <summary>TLS after a greeting in clear, and nothing without it (RFC 3207).</summary>
    Starttls,

    /// <summary>TLS from the first byte (RFC 8314).</summary>
    Tls,

    /// <summary>None: for a relay on the same machine or network.</summary>
    None,
}

/// <summary>A mail server that takes what is to be sent.</summary>
/// <param name="Host">Its name, which its certificate must have.</param>
/// <param name="Port">Its port.</param>
/// <param name="Security">How the way there is protected.</param>
/// <param name="Username">Who signs on there; null for nobody.</param>
/// <param name="Password">With what.</param>
public sealed record SmtpServer(string Host, int Port, SmtpSecurity Security, string? Username, string? Password)
{
    /// <summary>A record prints its members; this one never prints its password.</summary>
    public override string ToString() => $"{Host}:{Port}";
}
