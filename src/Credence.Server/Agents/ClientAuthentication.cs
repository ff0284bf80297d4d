using System.Net;
using System.Text;
using Credence.Agents;
using Credence.Audit;
using Credence.Credentials;
using Credence.Storage;
using Credence.Tokens;

namespace Credence.Server.Agents;

/// <summary>How an agent proves itself where it shows no token: one way, and never two (RFC 6749 2.3; contract standards 3.1).</summary>
internal sealed class ClientAuthentication(FindClient find, CheckAssertion assertions, RecordAudit record, Db db)
{
    private static readonly OAuthRefusal Two = OAuthErrors.InvalidRequest("Prove the client in one way only");

    /// <returns>The client, or why it is none. What was wrong is not said, but kept in the audit log of whose agent it would have been.</returns>
    public async Task<(AgentClient? Client, IResult? Refused)> RunAsync(HttpRequest request, OAuthForm form, CancellationToken ct)
    {
        var header = request.Headers.Authorization;
        if (form["client_assertion"] is { } assertion)
        {
            if (header.Count > 0 || form["client_secret"] is not null) return (null, Two);
            if (form["client_assertion_type"] != CheckAssertion.Type) return (null, OAuthErrors.InvalidRequest("client_assertion_type is unknown"));
            return await ProveAsync(form["client_id"] ?? CheckAssertion.SubjectOf(assertion), agent => assertions.RunAsync(agent, assertion, ct), basic: false, ct);
        }

        if (header.Count == 0) return await ProveAsync(form["client_id"], agent => BySecretAsync(agent, form["client_secret"], ct), basic: false, ct);
        if (form["client_secret"] is not null) return (null, Two);
        if (Basic(header.ToString()) is not var (id, secret)) return (null, AccessTokenFailures.InvalidClient.OAuthAnswer(basic: true));
        if (form["client_id"] is { } named && named != id) return (null, Two);
        return await ProveAsync(id, agent => BySecretAsync(agent, secret, ct), basic: true, ct);
    }

    private async Task<AgentClient?> BySecretAsync(Id<Agent> agent, string? secret, CancellationToken ct) =>
        secret is null ? null : await find.RunAsync(agent, secret, ct);

    private async Task<(AgentClient? Client, IResult? Refused)> ProveAsync(
        string? id, Func<Id<Agent>, Task<AgentClient?>> prove, bool basic, CancellationToken ct)
    {
        if (AgentsIds.Read<Agent>(id) is { } agent)
        {
            if (await prove(agent) is { } client) return (client, null);
            if (await AgentStore.FindAnyEverAsync(db, agent, ct) is { } known)
            {
                await record.RunAsync(new AuditEvent(known.Organization.ToString(), "auth.failed", agent.ToString(), agent.ToString()), ct);
            }
        }

        return (null, AccessTokenFailures.InvalidClient.OAuthAnswer(basic));
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
