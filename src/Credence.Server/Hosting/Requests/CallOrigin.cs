using Credence.Audit;

namespace Credence.Server.Hosting.Requests;

/// <summary>Whence a call of a person came, for the log.</summary>
internal static class CallOrigin
{
    /// <summary>The address, and the beginning of what the program says of itself.</summary>
    public static AuditOrigin Of(HttpContext http)
    {
        var program = http.Request.Headers.UserAgent.ToString();
        if (program.Length > AuditOrigin.LongestUserAgent) program = program[..AuditOrigin.LongestUserAgent];
        return new(http.Connection.RemoteIpAddress?.ToString(), program.Length > 0 ? program : null);
    }
}
