using Credence.Organizations;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>What is said to who comes back by a protocol that can be configured and no more (design D21).</summary>
public sealed class RefuseLogin(Db db, TakeLogin take)
{
    /// <summary>Somebody brings a SAML response; no login for one was ever begun here, so no state leads to a SAML connection.</summary>
    public async Task<Failure> SamlAsync(string relayState, CancellationToken ct)
    {
        if (take.Read(relayState) is not { } login) return SsoFailures.StateInvalid;
        return await FindAsync(SsoProtocol.Saml, Id<Organization>.Parse(login.Org), Id<Connection>.Parse(login.ConnectionId), ct)
            ? SsoFailures.NotConfigured(SsoProtocol.Saml)
            : SsoFailures.ConnectionNotFound;
    }

    /// <summary>Somebody brings a name and a password.</summary>
    public async Task<Failure> LdapAsync(Id<Organization> organization, Id<Connection> connection, CancellationToken ct) =>
        await FindAsync(SsoProtocol.Ldap, organization, connection, ct) ? SsoFailures.LdapNotConfigured : SsoFailures.ConnectionNotFound;

    private async Task<bool> FindAsync(SsoProtocol protocol, Id<Organization> organization, Id<Connection> id, CancellationToken ct) =>
        await ConnectionStore.FindActiveAsync(db, organization, id, ct) is { } found && found.Protocol == protocol;
}
