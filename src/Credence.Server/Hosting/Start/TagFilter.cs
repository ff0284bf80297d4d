using System.Collections.Frozen;
using System.Diagnostics;
using OpenTelemetry;

namespace Credence.Server.Hosting.Start;

/// <summary>
/// Lets those tags of a span pass that are known to hold nothing secret and nothing personal. All others are dropped, whoever made them: an address may
/// carry a key in its path, a message what somebody typed.
/// </summary>
internal sealed class TagFilter : BaseProcessor<Activity>
{
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.Ordinal,
        "http.request.method", "http.route", "http.response.status_code", "network.protocol.version", "server.address", "server.port", "error.type",
        "db.system.name", "db.namespace", "db.operation.name", "db.query.text", "db.response.status_code", // the text has $1 where a value goes (Storage/Sql)
        "jwt.typ", "jwt.alg", "jwt.kid", "grantex.agent_id", "grantex.grant_id", "grantex.developer_id", "grantex.scopes",
        "webhook.id", "event.type", "attempt");

    /// <inheritdoc/>
    public override void OnEnd(Activity span)
    {
        List<string>? unknown = null;
        foreach (var (name, _) in span.EnumerateTagObjects())
        {
            if (!Known.Contains(name)) (unknown ??= []).Add(name);
        }

        unknown?.ForEach(name => span.SetTag(name, null)); // which takes it away
        if (span.StatusDescription is not null) span.SetStatus(span.Status); // without the words
    }
}
