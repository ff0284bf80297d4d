using Credence.Audit;
using Credence.Events;
using Credence.Organizations;
using Credence.Principals;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>Somebody comes back from their company's provider (contract grantex-enterprise 4.2): they are signed on, and become the principal of design D9.</summary>
public sealed class FinishLogin(
    Db db, TakeLogin take, AskProvider ask, ProvisionPerson provision, OpenSession open, SsoSecrets secrets, TimeProvider clock)
{
    /// <summary>What the browser brought.</summary>
    /// <param name="Code">The provider's code.</param>
    /// <param name="State">The state of the login.</param>
    /// <param name="RedirectUri">Where the provider sent the browser, or null.</param>
    /// <param name="Issuer">Who the browser says it was, or null (RFC 9207).</param>
    public sealed record Input(string Code, string State, string? RedirectUri, string? Issuer);

    /// <summary>The sign-on.</summary>
    /// <param name="Session">Its record.</param>
    /// <param name="Opened">The session that the person has with it; null when the directory does not know them.</param>
    public sealed record Output(SsoSession Session, OpenedSession? Opened);

    /// <returns>The sign-on; or that the state is not good, the connection is gone, the provider did wrong, or the person may not.</returns>
    public async Task<Result<Output>> RunAsync(Input input, CancellationToken ct)
    {
        if (take.Read(input.State) is not { } login) return SsoFailures.StateInvalid;
        var organization = Id<Organization>.Parse(login.Org);
        if (await ConnectionStore.FindActiveAsync(db, organization, Id<Connection>.Parse(login.ConnectionId), ct) is not { Issuer: { } issuer } connection) return SsoFailures.ConnectionNotFound;
        if (login.RedirectUri is not null && input.RedirectUri is not null && input.RedirectUri != login.RedirectUri) return SsoFailures.RedirectMismatch;
        if (input.Issuer is { } said && said.TrimEnd('/') != issuer.TrimEnd('/')) return SsoFailures.WrongIssuer;
        var request = await take.RunAsync(login, ct);
        if (!request.Succeeded) return request.Failure;

        if (secrets.Open(SsoSecrets.OfConnection, connection.Id.ToString(), connection.SealedSecret!) is not { } secret) return SsoFailures.SecretUnreadable;
        var code = new ReceivedCode(input.Code, login.RedirectUri ?? input.RedirectUri, request.Value);
        var who = await ask.RunAsync(new OidcClient(issuer, connection.ClientId, secret), code, connection.Rules.Mapping, ct);
        if (!who.Succeeded) return who.Failure;
        var principal = await provision.RunAsync(connection, issuer.TrimEnd('/'), who.Value, ct);
        return principal.Succeeded ? await SignOnAsync(connection, who.Value, principal.Value, ct) : principal.Failure;
    }

    private async Task<Result<Output>> SignOnAsync(Connection connection, Identity who, string? principal, CancellationToken ct)
    {
        var now = clock.Now();
        var opened = principal is null ? null : open.Sign(connection.Organization, principal, SsoOptions.SessionLife, now);
        var session = new SsoSession(
            Id<SsoSession>.New(now), connection.Organization, connection.Id, principal, opened?.Session.Id, who, connection.Rules.Mapping.Scopes(who.Groups),
            now, opened?.Session.ExpiresAt ?? now + SsoOptions.SessionLife);

        await using var tx = await db.BeginAsync(ct);
        if (!await ConnectionStore.StaysActiveAsync(tx, connection.Id, ct)) return SsoFailures.ConnectionNotFound; // switched off while the provider was asked
        if (opened is not null)
        {
            if (!await PrincipalNames.MayActAsync(tx, connection.Organization, principal!, ct)) return PrincipalFailures.Deprovisioned;
            await OpenSession.RecordAsync(tx, opened.Session, session.Id.ToString(), now, ct);
        }

        await SsoSessionStore.AddAsync(tx, session, ct);
        await AuditLog.AppendAsync(tx, session.Event("sso.login", connection.Id.ToString()), now, ct);
        await Outbox.AddAsync(
            tx, connection.Organization.ToString(), "sso.login",
            json =>
            {
                json.WriteString("sessionId", session.Id.ToString());
                json.WriteString("connectionId", connection.Id.ToString());
                json.WriteString("principalId", principal);
                json.WriteTexts("mappedScopes", session.MappedScopes ?? []);
                json.WriteString("expiresAt", session.ExpiresAt.Iso());
            },
            now, ct);
        await tx.CommitAsync();
        return new Output(session, opened);
    }
}
