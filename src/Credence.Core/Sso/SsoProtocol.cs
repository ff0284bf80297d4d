namespace Credence.Sso;

/// <summary>How a company's identity provider is spoken to.</summary>
public enum SsoProtocol
{
    /// <summary>OpenID Connect: the one that people can sign on with.</summary>
    Oidc,

    /// <summary>SAML 2.0: can be configured; signing on answers that it is not there yet (design D21).</summary>
    Saml,

    /// <summary>LDAP: as SAML.</summary>
    Ldap,
}

/// <summary>Whether people can sign on with a connection.</summary>
public enum ConnectionStatus
{
    /// <summary>They can.</summary>
    Active,

    /// <summary>They cannot, and whoever had is signed off.</summary>
    Inactive,

    /// <summary>They cannot yet: its owner tries it.</summary>
    Testing,
}

/// <summary>What sort of value a protocol's field holds.</summary>
public enum FieldKind
{
    /// <summary>Text.</summary>
    Text,

    /// <summary>The provider's address: http or https, and not in a private network (design D11).</summary>
    ProviderUrl,

    /// <summary>An address of the organization's own application.</summary>
    OwnUrl,

    /// <summary>An ldap or ldaps address.</summary>
    LdapUrl,

    /// <summary>True or false, kept as those words.</summary>
    Flag,

    /// <summary>What is encrypted and never shown.</summary>
    Secret,
}

/// <summary>A field of a protocol (contract grantex-enterprise 4.1).</summary>
/// <param name="Name">Its name on the wire and in the store.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="IsRequired">Whether a connection must have it.</param>
/// <param name="Default">What it is when nobody says.</param>
public sealed record ProtocolField(string Name, FieldKind Kind = FieldKind.Text, bool IsRequired = true, string? Default = null)
{
    /// <summary>The longest value.</summary>
    public int Longest => Name == IdpCertificate ? 16_384 : 2_048;

    internal const string IdpCertificate = "idpCertificate";
    internal const string IssuerUrl = "issuerUrl";
    internal const string ClientId = "clientId";

    private static readonly ProtocolField[] Oidc =
        [new(IssuerUrl, FieldKind.ProviderUrl), new(ClientId), new("clientSecret", FieldKind.Secret)];

    private static readonly ProtocolField[] Saml =
        [new("idpEntityId"), new("idpSsoUrl", FieldKind.ProviderUrl), new(IdpCertificate), new("spEntityId"), new("spAcsUrl", FieldKind.OwnUrl)];

    private static readonly ProtocolField[] Ldap =
    [
        new("ldapUrl", FieldKind.LdapUrl), new("ldapBindDn"), new("ldapBindPassword", FieldKind.Secret), new("ldapSearchBase"),
        new("ldapSearchFilter", IsRequired: false, Default: "(uid={{username}})"), new("ldapGroupSearchBase", IsRequired: false),
        new("ldapGroupSearchFilter", IsRequired: false, Default: "(member={{dn}})"), new("ldapTlsEnabled", FieldKind.Flag, IsRequired: false, Default: "false"),
    ];

    /// <summary>The fields of a protocol.</summary>
    public static IReadOnlyList<ProtocolField> Of(SsoProtocol protocol) => protocol switch
    {
        SsoProtocol.Oidc => Oidc,
        SsoProtocol.Saml => Saml,
        _ => Ldap,
    };
}
