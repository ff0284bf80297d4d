using System.Net;
using System.Text;
using Credence.Agents;
using Credence.Credentials;
using Credence.Tokens;

namespace Credence.Server.Agents;

/// <summary>How an agent proves itself at the token endpoint: one way, and never two (RFC 6749 2.3; contract standards 3.1).</summary>
internal sealed class ClientAuthentication(FindClient find)
{
    private static readonly OAuthRefusal Two = OAuthErrors.InvalidRequest("Prove the client in one way only");

    /// <returns>The client, or why it is none; <c>Named</c> is whom it says it is, as soon as that is known.</returns>
    public async Task<(AgentClient? Client, IResult? Refused)> RunAsync(HttpRequest request, OAuthForm form, CancellationToken ct)
    {
        var header = request.Headers.Authorization;
        if (header.Count == 0) return await ProveAsync(form["client_id"], form["client_secret"], basic: false, ct);
        if (form["client_secret"] is not null) return (null, Two);
        if (Basic(header.ToString()) is not var (id, secret)) return (null, AccessTokenFailures.InvalidClient.OAuthAnswer(basic: true));
        if (form["client_id"] is { } named && named != id) return (null, Two);
        return await ProveAsync(id, secret, basic: true, ct);
    }

    private async Task<(AgentClient? Client, IResult? Refused)> ProveAsync(string? id, string? secret, bool basic, CancellationToken ct)
    {
        var client = AgentsIds.Read<Agent>(id) is { } agent && secret is not null ? await find.RunAsync(agent, secret, ct) : null;
        return client is null ? (null, AccessTokenFailures.InvalidClient.OAuthAnswer(basic)) : (client, null);
    }

    /// <summary>Id and secret, each form-encoded before they were joined (RFC 6749 2.3.1).</summary>
    private static (string Id, string Secret)? Basic(string header)
    {
        const string scheme = "Basic ";
        if (!header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) return null;
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[scheme.Length..].Trim(), bytes, out var length)) return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : (WebUtility.UrlDecode(pair[..colon]), WebUtility.UrlDecode(pair[(colon + 1)..]));
    }
}
