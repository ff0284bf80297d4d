using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>An organization writes or deletes its configuration of the older routes (contract grantex-enterprise 4.3).</summary>
public sealed class ChangeConfig(Db db, SsoOptions options, SsoSecrets secrets, TimeProvider clock)
{
    /// <summary>What it shall be.</summary>
    /// <param name="IssuerUrl">The provider.</param>
    /// <param name="ClientId">The client's id there.</param>
    /// <param name="ClientSecret">The client's secret there.</param>
    /// <param name="RedirectUri">Where the provider sends browsers.</param>
    public sealed record Input(string IssuerUrl, string ClientId, string ClientSecret, string RedirectUri);

    /// <returns>The configuration; or that the provider's address cannot be used.</returns>
    public async Task<Result<SsoConfig>> SaveAsync(ApiCaller caller, Input input, CancellationToken ct)
    {
        if (options.Rules.Problem(input.IssuerUrl) is { } problem) return SsoFailures.BadUrl(ProtocolField.IssuerUrl, problem);
        var now = clock.Now();
        var subject = caller.Organization.ToString();
        var sealedSecret = secrets.Seal(SsoSecrets.OfConfig, subject, input.ClientSecret);
        await using var tx = await db.BeginAsync(ct);
        var saved = await SsoConfigStore.SaveAsync(
            tx, new SsoConfig(caller.Organization, input.IssuerUrl, input.ClientId, sealedSecret, input.RedirectUri, now, now), ct);
        await AuditLog.AppendAsync(tx, caller.Act("sso_config.saved", subject, new() { ["issuer"] = saved.IssuerUrl }), now, ct);
        await tx.CommitAsync();
        return saved;
    }

    /// <returns>True, or that there is none.</returns>
    public async Task<Result<bool>> DeleteAsync(ApiCaller caller, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (!await SsoConfigStore.DeleteAsync(tx, caller.Organization, ct)) return SsoFailures.ConfigNotFound;
        await AuditLog.AppendAsync(tx, caller.Act("sso_config.deleted", caller.Organization.ToString()), now, ct);
        await tx.CommitAsync();
        return true;
    }
}
