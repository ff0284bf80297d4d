using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>An organization changes what it told of an identity provider, or switches it off; who signed on with one that is switched off is signed off.</summary>
public sealed class ChangeConnection(Db db, SsoOptions options, SsoSecrets secrets, RevocationIndex revocations, TimeProvider clock)
{
    /// <returns>The connection as it is now; or that there is none, that an address cannot be used, or that a new address needs the secret.</returns>
    public async Task<Result<Connection>> RunAsync(ApiCaller caller, Id<Connection> id, ConnectionChange input, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        await OrganizationStore.HoldAsync(tx, caller.Organization, ct);
        if (await ConnectionStore.HoldAsync(tx, caller.Organization, id, ct) is not { } before) return SsoFailures.ConnectionNotFound;
        if (input.BadUrl(before.Protocol, options.Rules) is { } bad) return bad;

        var edited = Edit(before, input, now);
        if (!edited.Succeeded) return edited.Failure;
        var after = edited.Value;
        await ConnectionStore.SaveAsync(tx, after, ct);
        await ConnectionStore.SettleEnforcementAsync(tx, caller.Organization, ct);
        await CreateConnection.TellAsync(tx, caller, after, "updated", now, ct);
        var marks = after.IsActive ? [] : await EndSignOn.EndEachAsync(tx, await SsoSessionStore.OfConnectionAsync(tx, id, now, ct), caller.Key.ToString(), now, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return after;
    }

    /// <summary>All of an organization's active connections demand a sign-on for consent, or none does.</summary>
    public async Task EnforceAsync(ApiCaller caller, bool enforce, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        await OrganizationStore.HoldAsync(tx, caller.Organization, ct);
        foreach (var before in await ConnectionStore.ListAsync(tx, caller.Organization, ct))
        {
            if (!before.IsActive || before.Rules.Enforce == enforce) continue;
            var after = before with { Rules = before.Rules with { Enforce = enforce }, UpdatedAt = now };
            await ConnectionStore.SaveAsync(tx, after, ct);
            await CreateConnection.TellAsync(tx, caller, after, "updated", now, ct);
        }

        await ConnectionStore.SettleEnforcementAsync(tx, caller.Organization, ct);
        await tx.CommitAsync();
    }

    private Result<Connection> Edit(Connection before, ConnectionChange input, DateTimeOffset now)
    {
        var settings = new Dictionary<string, string>(before.Settings, StringComparer.Ordinal);
        var (sealedSecret, moved) = (before.SealedSecret, false);
        foreach (var field in ProtocolField.Of(before.Protocol))
        {
            if (input.Fields.GetValueOrDefault(field.Name) is not { } value) continue;
            if (field.Kind == FieldKind.Secret)
            {
                sealedSecret = secrets.Seal(SsoSecrets.OfConnection, before.Id.ToString(), value);
            }
            else
            {
                moved |= field.Kind is FieldKind.ProviderUrl or FieldKind.LdapUrl && settings.GetValueOrDefault(field.Name) != value;
                settings[field.Name] = value;
            }
        }

        if (moved && before.SealedSecret is not null && sealedSecret == before.SealedSecret) return SsoFailures.SecretNeeded;
        return before with { Settings = settings, SealedSecret = sealedSecret, Rules = input.Apply(before.Rules), UpdatedAt = now };
    }
}
