namespace Credence.Tokens;

/// <summary>What holds for every token.</summary>
public sealed class TokenOptions
{
    /// <summary><c>JWT_ISSUER</c>: <c>iss</c>, compared letter by letter.</summary>
    public string Issuer { get; set; } = "http://localhost:3001";

    /// <summary><c>MAX_DELEGATION_DEPTH</c>: how many times authority may be passed on (1 to 10).</summary>
    public int MaxDelegationDepth { get; set; } = 3;

    /// <summary>How long a refresh token lives, if its grant lives as long (contract grantex 5.2).</summary>
    public TimeSpan RefreshLife { get; set; } = TimeSpan.FromDays(30);

    /// <summary><c>TOKEN_TTL_SECONDS</c>: how long an access token of the agents door lives.</summary>
    public TimeSpan AccessTokenLife { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The <c>aud</c> of those tokens.</summary>
    public string AgentsAudience => Issuer + "/api/v1";

    /// <summary><c>APP_ENV_JWT_EXPIRES_IN</c>: how long a person's token lives.</summary>
    public TimeSpan PersonTokenLife { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The <c>aud</c> of people's tokens.</summary>
    public string PeopleAudience => Issuer + "/v1/api/identity";

    /// <summary>The <c>aud</c> of what browsers show to proxies.</summary>
    public string GatewayAudience => Issuer + "/forward-auth";

    /// <summary>The <c>aud</c> of what only the sign-in page takes.</summary>
    public string SignInAudience => Issuer + "/sign-in";

    /// <summary><c>FORWARD_AUTH_ISSUER</c>: the <c>iss</c> of tokens of the forward-auth door.</summary>
    public string ForwardIssuer { get; set; } = "auth-service";

    /// <summary><c>AUTH_TOKEN_TTL_SECONDS</c>: how long such a token lives.</summary>
    public TimeSpan ForwardTokenLife { get; set; } = ForwardToken.LongestLife;

    /// <summary><c>JWT_CLOCK_SKEW_SECONDS</c>: how long after its end such a token still counts.</summary>
    public TimeSpan ForwardClockSkew { get; set; } = TimeSpan.Zero;

    /// <summary>Whether the forward-auth door runs without a database: its tokens prove nothing then, and say so (contract forward-auth C.1).</summary>
    public bool IsLegacy { get; set; }

    /// <summary>A spent refresh token that comes back within this time is a race, later it is a theft (design D17).</summary>
    public TimeSpan ReuseGrace { get; set; } = TimeSpan.FromSeconds(10);
}
