using Credence.Audit;
using Credence.Events;
using Credence.Storage;
using Credence.Tokens;

namespace Credence.Grants;

/// <summary>A grant and its first token.</summary>
/// <param name="Grant">The grant.</param>
/// <param name="Token">Its token.</param>
public sealed record IssuedGrant(Grant Grant, MintedToken Token);

/// <summary>Records a new grant and its first token, for whoever decided that it may be given.</summary>
internal static class IssueGrant
{
    /// <summary>Writes the grant, its token, the audit entries and the events <c>grant.created</c> and <c>token.issued</c>.</summary>
    public static async Task RecordAsync(DbTx tx, IssuedGrant issued, string by, DateTimeOffset now, CancellationToken ct)
    {
        var grant = issued.Grant;
        await GrantStore.AddAsync(tx, grant, ct);
        var data = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["agent"] = grant.Agent.ToString(),
            ["principal"] = grant.Principal,
            ["scopes"] = string.Join(' ', grant.Scopes),
            ["expiresAt"] = grant.ExpiresAt.Iso(),
            ["proof"] = Words.Of(grant.Proof),
        };
        if (grant.ParentId is { } parent) data["parent"] = parent.ToString();
        await AuditLog.AppendAsync(tx, new AuditEvent(grant.Organization.ToString(), "grant.created", by, grant.Id.ToString()) { Data = data }, now, ct);
        await Outbox.AddAsync(
            tx, grant.Organization.ToString(), "grant.created",
            json =>
            {
                json.WriteString("grantId", grant.Id.ToString());
                json.WriteString("agentId", grant.Agent.ToString());
                json.WriteString("principalId", grant.Principal);
                json.WriteTexts("scopes", grant.Scopes);
                json.WriteString("expiresAt", grant.ExpiresAt.Iso());
                if (grant.ParentId is not { } from) return;
                json.WriteNumber("delegationDepth", grant.Depth);
                json.WriteString("parentGrantId", from.ToString());
            },
            now, ct);
        await MintGrantToken.RecordAsync(tx, grant, issued.Token, by, now, ct);
    }
}
