using Credence.Audit;
using Credence.Events;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>An organization tells of its company's identity provider (contract grantex-enterprise 4.1).</summary>
public sealed class CreateConnection(Db db, SsoOptions options, SsoSecrets secrets, TimeProvider clock)
{
    /// <returns>The connection, which is active; or that an address cannot be used, or that there are too many.</returns>
    public async Task<Result<Connection>> RunAsync(ApiCaller caller, SsoProtocol protocol, ConnectionChange input, CancellationToken ct)
    {
        if (input.BadUrl(protocol, options.Rules) is { } bad) return bad;
        var now = clock.Now();
        var id = Id<Connection>.New(now);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        string? sealedSecret = null;
        foreach (var field in ProtocolField.Of(protocol))
        {
            if ((input.Fields.GetValueOrDefault(field.Name) ?? field.Default) is not { } value) continue;
            if (field.Kind == FieldKind.Secret) sealedSecret = secrets.Seal(SsoSecrets.OfConnection, id.ToString(), value);
            else settings[field.Name] = value;
        }

        var nothing = new ConnectionRules("", ConnectionStatus.Active, [], Provisions: false, Enforce: false, new ScopeMapping(null, new Dictionary<string, string[]>(), []));
        var made = new Connection(id, caller.Organization, protocol, settings, sealedSecret, input.Apply(nothing), now, now);

        await using var tx = await db.BeginAsync(ct);
        await OrganizationStore.HoldAsync(tx, caller.Organization, ct); // its connections change one after the other
        if ((await ConnectionStore.ListAsync(tx, caller.Organization, ct)).Count >= ConnectionStore.Most) return SsoFailures.TooManyConnections;
        await ConnectionStore.AddAsync(tx, made, ct);
        await ConnectionStore.SettleEnforcementAsync(tx, caller.Organization, ct);
        await TellAsync(tx, caller, made, "created", now, ct);
        await tx.CommitAsync();
        return made;
    }

    /// <summary>Writes the audit entry and the event of what happened to a connection.</summary>
    internal static async Task TellAsync(DbTx tx, ApiCaller caller, Connection connection, string deed, DateTimeOffset now, CancellationToken ct)
    {
        var data = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["protocol"] = Words.Of(connection.Protocol),
            ["status"] = Words.Of(connection.Rules.Status),
            ["enforce"] = connection.Rules.Enforce ? "true" : "false",
        };
        await AuditLog.AppendAsync(tx, caller.Act($"sso_connection.{deed}", connection.Id.ToString(), data), now, ct);
        await Outbox.AddAsync(
            tx, caller.Organization.ToString(), $"sso.connection.{deed}",
            json =>
            {
                json.WriteString("connectionId", connection.Id.ToString());
                json.WriteString("name", connection.Rules.Name);
                json.WriteString("protocol", Words.Of(connection.Protocol));
                json.WriteString("status", Words.Of(connection.Rules.Status));
            },
            now, ct);
    }
}
