using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>
/// Somebody comes back from the provider of the older configuration (contract grantex-enterprise 4.3). The caller learns who it is; no session is made.
/// </summary>
public sealed class FinishConfigLogin(Db db, TakeLogin take, AskProvider ask, SsoSecrets secrets, TimeProvider clock)
{
    /// <summary>Who it is, and of which organization.</summary>
    /// <param name="Who">What the provider said.</param>
    /// <param name="Organization">Whose people they are of.</param>
    public sealed record Output(Identity Who, Id<Organization> Organization);

    /// <returns>Who it is; or that the state is not good, there is no configuration, or the provider did wrong.</returns>
    public async Task<Result<Output>> RunAsync(string code, string state, CancellationToken ct)
    {
        if (take.Read(state) is not { } login) return SsoFailures.StateInvalid;
        var organization = Id<Organization>.Parse(login.Org);
        if (await SsoConfigStore.FindAsync(db, organization, ct) is not { } config) return SsoFailures.ConfigNotFound;
        if (login.RedirectUri is { } redirect && redirect != config.RedirectUri) return SsoFailures.RedirectMismatch;
        var request = await take.RunAsync(login, ct);
        if (!request.Succeeded) return request.Failure;

        if (secrets.Open(SsoSecrets.OfConfig, organization.ToString(), config.SealedSecret) is not { } secret) return SsoFailures.SecretUnreadable;
        var who = await ask.RunAsync(
            new OidcClient(config.IssuerUrl, config.ClientId, secret), new ReceivedCode(code, config.RedirectUri, request.Value), mapping: null, ct);
        if (!who.Succeeded) return who.Failure;

        await using var tx = await db.BeginAsync(ct);
        await AuditLog.AppendAsync(tx, new AuditEvent(organization.ToString(), "sso_config.used", config.ClientId, organization.ToString()), clock.Now(), ct);
        await tx.CommitAsync();
        return new Output(who.Value, organization);
    }
}
