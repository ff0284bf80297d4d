using Credence.Keys;

namespace Credence.Tokens;

/// <summary>Who a kind of token names as its issuer.</summary>
public enum TokenIssuer
{
    /// <summary>The one issuer of the installation, <c>JWT_ISSUER</c>.</summary>
    Installation,

    /// <summary>The forward-auth door, <c>FORWARD_AUTH_ISSUER</c>: a name that is no address, so never the former.</summary>
    ForwardAuth,
}

/// <summary>What a kind of token may have as its audience.</summary>
public enum TokenAudience
{
    /// <summary>The audience that was asked for when the grant was; no <c>aud</c> when none was.</summary>
    Requested,

    /// <summary>This server itself; no <c>aud</c>.</summary>
    None,

    /// <summary>The agents door of this server: the issuer and <c>/api/v1</c>.</summary>
    AgentsDoor,

    /// <summary>The people door of this server: the issuer and <c>/v1/api/identity</c>.</summary>
    PeopleDoor,

    /// <summary>The gateway of this server: the issuer and <c>/forward-auth</c>.</summary>
    Gateway,

    /// <summary>The client that asked.</summary>
    Client,

    /// <summary>The service behind a proxy that the request goes on to: its origin.</summary>
    Service,

    /// <summary>The sign-in page of this server: the issuer and <c>/sign-in</c>.</summary>
    SignInPage,
}

/// <summary>How long a kind of token lives.</summary>
public enum TokenLifetime
{
    /// <summary>As long as the grant it stands for.</summary>
    OfGrant,

    /// <summary>As long as was asked for, at most 24 hours.</summary>
    UpToADay,

    /// <summary><c>TOKEN_TTL_SECONDS</c>, <c>APP_ENV_JWT_EXPIRES_IN</c> for people, or <c>AUTH_TOKEN_TTL_SECONDS</c> at the forward-auth door.</summary>
    Setting,

    /// <summary>A minute: as long as one request takes.</summary>
    Minute,

    /// <summary>Ten minutes: as long as signing in takes.</summary>
    TenMinutes,
}

/// <summary>A kind of token. A verifier asks for one kind and takes no other (design D2).</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Typ">The <c>typ</c> of its header; null means that there is none, and that a token with any is refused.</param>
/// <param name="Algorithm">How it is signed; see <see cref="KeyRing.For"/>.</param>
/// <param name="Issuer">Its <c>iss</c>.</param>
/// <param name="Audience">Its <c>aud</c>.</param>
/// <param name="Lifetime">Its <c>exp</c>.</param>
/// <param name="Door">The door it is given out at.</param>
public sealed record TokenKind(
    string Name, string? Typ, KeyAlgorithm Algorithm, TokenIssuer Issuer, TokenAudience Audience, TokenLifetime Lifetime, string Door)
{
    /// <summary>Another algorithm that it may be signed with, or null.</summary>
    public KeyAlgorithm? OtherAlgorithm { get; init; }
}

/// <summary>Every kind of token there is. Issuer, <c>typ</c> and audience together are unique: no verifier can take one kind for another.</summary>
public static class TokenKinds
{
    /// <summary>What an agent shows to a service: whom it acts for and what it may do (contract grantex 5.1).</summary>
    public static TokenKind Grant { get; } = new(
        "grant token", Typ: null, KeyAlgorithm.RS256, TokenIssuer.Installation, TokenAudience.Requested, TokenLifetime.OfGrant, "grants");

    /// <summary>What a person's browser shows here to see and end what they granted (contract grantex 5.4); its claim <c>purpose</c> is <c>principal_dashboard</c>.</summary>
    public static TokenKind PrincipalSession { get; } = new(
        "principal session", Typ: "principal-session+jwt", KeyAlgorithm.RS256, TokenIssuer.Installation, TokenAudience.None, TokenLifetime.UpToADay, "grants");

    /// <summary>What an agent shows at the agents door (contract agent-idp AE-13; RFC 9068). A credential may ask for ES256 instead.</summary>
    public static TokenKind Access { get; } = new(
        "access token", Typ: "at+jwt", KeyAlgorithm.RS256, TokenIssuer.Installation, TokenAudience.AgentsDoor, TokenLifetime.Setting, "agents")
    {
        OtherAlgorithm = KeyAlgorithm.ES256,
    };

    /// <summary>What tells an agent's own program who the agent is (contract agent-idp AE-13): signed as its access token is, and taken nowhere.</summary>
    public static TokenKind Identity { get; } = new(
        "ID token", Typ: "JWT", KeyAlgorithm.RS256, TokenIssuer.Installation, TokenAudience.Client, TokenLifetime.Setting, "agents")
    {
        OtherAlgorithm = KeyAlgorithm.ES256,
    };

    /// <summary>What an agent shows to prove that another passed authority on to it (contract agent-idp AE-36).</summary>
    public static TokenKind Delegation { get; } = new(
        "delegation token", Typ: "delegation+jwt", KeyAlgorithm.RS256, TokenIssuer.Installation, TokenAudience.None, TokenLifetime.UpToADay, "agents");

    /// <summary>What a person's program shows at the people door and to sister services (contract identity B.5; RFC 9068).</summary>
    public static TokenKind Person { get; } = new(
        "person token", Typ: "at+jwt", KeyAlgorithm.ES256, TokenIssuer.Installation, TokenAudience.PeopleDoor, TokenLifetime.Setting, "people")
    {
        OtherAlgorithm = KeyAlgorithm.RS256,
    };

    /// <summary>What somebody shows to a proxy that asks here before it lets a request through (contract forward-auth FA-2).</summary>
    public static TokenKind Forward { get; } = new(
        "forward-auth token", Typ: "JWT", KeyAlgorithm.RS256, TokenIssuer.ForwardAuth, TokenAudience.None, TokenLifetime.Setting, "forward-auth");

    /// <summary>What a browser shows in a cookie to proxies that ask at <c>/forward-auth</c> (contract standards 11): a person who signed in, and good for nothing else.</summary>
    public static TokenKind Visit { get; } = new(
        "visit", Typ: "visit+jwt", KeyAlgorithm.ES256, TokenIssuer.Installation, TokenAudience.Gateway, TokenLifetime.Setting, "forward-auth");

    /// <summary>What a service behind a proxy is told of who comes (contract standards 11).</summary>
    public static TokenKind Assertion { get; } = new(
        "assertion", Typ: "auth-assertion+jwt", KeyAlgorithm.ES256, TokenIssuer.Installation, TokenAudience.Service, TokenLifetime.Minute, "forward-auth");

    /// <summary>Where a browser goes back to after sign-in (contract standards 11).</summary>
    public static TokenKind ReturnTicket { get; } = new(
        "return ticket", Typ: "return+jwt", KeyAlgorithm.ES256, TokenIssuer.Installation, TokenAudience.SignInPage, TokenLifetime.TenMinutes, "forward-auth");

    /// <summary>The table.</summary>
    public static IReadOnlyList<TokenKind> All { get; } = [Grant, PrincipalSession, Access, Identity, Delegation, Person, Forward, Visit, Assertion, ReturnTicket];
}
