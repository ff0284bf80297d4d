namespace Credence.Sso;

/// <summary>What this room refuses.</summary>
public static class SsoFailures
{
    private const string Error = "SSO_ERROR";

    /// <summary>There is no such connection in this organization.</summary>
    public static readonly Failure ConnectionNotFound = Failure.NotFound("There is no such SSO connection");

    /// <summary>Nobody can sign on here now.</summary>
    public static readonly Failure NoActiveConnection = Failure.NotFound("There is no active SSO connection");

    /// <summary>There is no such session, or it is over.</summary>
    public static readonly Failure SessionNotFound = Failure.NotFound("There is no such SSO session, or it is over");

    /// <summary>The organization has no configuration.</summary>
    public static readonly Failure ConfigNotFound = Failure.NotFound("There is no SSO configuration");

    /// <summary>The state was not made here, is too old, or was used.</summary>
    public static readonly Failure StateInvalid = Failure.Invalid("state is not valid, has expired or was used already");

    /// <summary>The answer comes from another provider than was asked (RFC 9207).</summary>
    public static readonly Failure WrongIssuer = Failure.Invalid("iss is not the provider that was asked");

    /// <summary>The login was begun for another address.</summary>
    public static readonly Failure RedirectMismatch = Failure.Invalid("redirect_uri is not the one of the login");

    /// <summary>An organization has as many connections as it can.</summary>
    public static readonly Failure TooManyConnections = Failure.Invalid($"An organization has at most {ConnectionStore.Most} SSO connections");

    /// <summary>The secret would go to an address that its owner did not give it for (standards 23).</summary>
    public static readonly Failure SecretNeeded = Failure.Invalid("A new address of the provider needs its secret in the same change");

    /// <summary>A user of the directory has the name of who signs on, and is not them by what the provider said.</summary>
    public static readonly Failure NameTaken = new(
        FailureKind.Conflict, "CONFLICT", "The directory has another user of this name: give that user the subject of the identity provider as externalId");

    /// <summary>The user of this subject signs on with another provider.</summary>
    public static readonly Failure OtherProvider = new(FailureKind.Forbidden, "FORBIDDEN", "This person signs on with another identity provider");

    /// <summary>The state that the nodes share is away.</summary>
    public static readonly Failure StateAway = new(FailureKind.Unavailable, Error, "Signing on is not possible for the moment");

    /// <summary>The provider's secret was encrypted under a key that is not here.</summary>
    public static readonly Failure SecretUnreadable = Provider("The secret for the identity provider cannot be opened: set it anew");

    /// <summary>LDAP cannot prove who somebody is here.</summary>
    public static readonly Failure LdapNotConfigured = new(FailureKind.Unauthorized, "SSO_AUTH_FAILED", "Signing on with LDAP is not configured on this server");

    /// <summary>The protocol can be configured and no more (design D21).</summary>
    public static Failure NotConfigured(SsoProtocol protocol) => Provider($"Signing on with {(protocol == SsoProtocol.Saml ? "SAML" : "LDAP")} is not configured on this server");

    /// <summary>What the provider did, or did not do.</summary>
    public static Failure Provider(string detail) => new(FailureKind.BadUpstream, Error, detail);

    /// <summary>The address of a field cannot be used.</summary>
    public static Failure BadUrl(string field, string problem) => Failure.Invalid($"{field} {problem}");
}
