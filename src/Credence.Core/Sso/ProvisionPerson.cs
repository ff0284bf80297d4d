using System.Text.Json;
using System.Text.Json.Nodes;
using Credence.Principals;
using Credence.Scim;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>
/// Who signs on is the directory's user whose <c>externalId</c> is the provider's subject (contract grantex-enterprise 4.2). Where the connection provisions,
/// such a user is made or brought up to date, as a directory would do it.
/// </summary>
public sealed class ProvisionPerson(Db db, CreateResource create, ChangeResource change)
{
    private const string Patch = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    /// <returns>
    /// The user's id; null when the directory does not know them; or that they have left, that they sign on elsewhere, or that their name is somebody else's.
    /// </returns>
    internal async Task<Result<string?>> RunAsync(Connection connection, string issuer, Identity who, CancellationToken ct)
    {
        var by = new ScimCaller(connection.Organization, connection.Id.ToString());
        var user = await ScimStore.FindByExternalIdAsync(db, connection.Organization, who.Subject, ct);
        if (user is null)
        {
            if (!connection.Rules.Provisions) return (string?)null;
            var made = await create.RunAsync(by, ScimKind.User, Json(NewUser(connection, who)), ct);
            user = made.Succeeded ? made.Value : await ScimStore.FindByExternalIdAsync(db, connection.Organization, who.Subject, ct); // somebody was faster, or has the name
            if (user is null) return SsoFailures.NameTaken;
        }

        if (!user.IsActive) return PrincipalFailures.Deprovisioned;
        if (!await IsLinkedAsync(connection, issuer, user.Id, ct)) return SsoFailures.OtherProvider;
        if (!connection.Rules.Provisions || Changes(user, who) is not { Count: > 0 } changes) return user.Id;

        var body = new JsonObject { ["schemas"] = new JsonArray(Patch), ["Operations"] = new JsonArray(new JsonObject { ["op"] = "replace", ["value"] = changes }) };
        var changed = await change.PatchAsync(by, ScimKind.User, user.Id, Json(body), _ => true, ct);
        return changed.Succeeded ? user.Id : PrincipalFailures.Deprovisioned; // the one thing that can be: the directory has deleted them meanwhile
    }

    /// <summary>Whether a user signs on with this issuer: they do with the first they come with, for as long as the organization has it.</summary>
    private async Task<bool> IsLinkedAsync(Connection connection, string issuer, string user, CancellationToken ct)
    {
        if (await LinkStore.FindAsync(db, user, ct) == issuer) return true;
        await using var tx = await db.BeginAsync(ct);
        var linked = await LinkStore.ClaimAsync(tx, connection.Organization, user, issuer, ct);
        if (linked != issuer)
        {
            var others = await ConnectionStore.ListAsync(tx, connection.Organization, ct);
            if (others.Exists(other => other.Issuer is { } its && its.TrimEnd('/') == linked)) return false;
            await LinkStore.MoveAsync(tx, user, linked, issuer, ct);
        }

        await tx.CommitAsync();
        return true;
    }

    private static JsonObject NewUser(Connection connection, Identity who)
    {
        var user = new JsonObject { ["userName"] = Address(connection, who) ?? who.Subject, ["externalId"] = who.Subject, ["active"] = true };
        if (who.Name is not null) user["displayName"] = who.Name;
        if (who.Email is not null) user["emails"] = Emails(who.Email);
        return user;
    }

    /// <summary>The person's address, where it may be a name for them: proven to be theirs, and of the connection's domains where it has some.</summary>
    private static string? Address(Connection connection, Identity who)
    {
        if (who.Email is not { } email || who.EmailIsUnproven) return null;
        var domains = connection.Rules.Domains;
        return domains.Count == 0 || domains.Contains(email[(email.LastIndexOf('@') + 1)..].ToLowerInvariant(), StringComparer.Ordinal) ? email : null;
    }

    private static JsonObject Changes(ScimResource user, Identity who)
    {
        var changes = new JsonObject();
        if (who.Name is { } name && user.Attributes["displayName"]?.GetValue<string>() != name) changes["displayName"] = name;
        if (who.Email is { } email && user.Attributes["emails"] is null) changes["emails"] = Emails(email); // addresses that a directory keeps are its own
        return changes;
    }

    private static JsonArray Emails(string email) => new(new JsonObject { ["value"] = email, ["type"] = "work", ["primary"] = true });

    private static JsonElement Json(JsonObject body)
    {
        using var document = JsonDocument.Parse(body.ToJsonString());
        return document.RootElement.Clone();
    }
}
