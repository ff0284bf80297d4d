using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Credence.Agents;
using Credence.Keys;
using Credence.Server.Doors;

namespace Credence.Server.OAuth;

/// <summary>
/// What a standard client can do here (OpenID Connect Discovery 3; RFC 8414 2): only what works is named. There is no authorization endpoint yet, so there is
/// no response type either; the member must be there all the same.
/// </summary>
internal sealed record DiscoveryDocument(
    string Issuer,
    string TokenEndpoint,
    string JwksUri,
    string UserinfoEndpoint,
    string? IntrospectionEndpoint,
    string? RevocationEndpoint,
    IReadOnlyList<string> GrantTypesSupported,
    IReadOnlyList<string> ResponseTypesSupported,
    IReadOnlyList<string> SubjectTypesSupported,
    IReadOnlyList<string> IdTokenSigningAlgValuesSupported,
    IReadOnlyList<string> ScopesSupported,
    IReadOnlyList<string> ClaimsSupported,
    IReadOnlyList<string> TokenEndpointAuthMethodsSupported,
    IReadOnlyList<string> TokenEndpointAuthSigningAlgValuesSupported)
{
    private const string Introspection = "/api/v1/token/introspect";
    private const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange"; // RFC 8693
    private const string Revocation = "/api/v1/token/revoke";

    private static readonly string[] Claims = ["sub", "iss", "iat", "exp", "agent_id", "agent_type", "organization_id", "capabilities", "deployment_env", "owner"];

    /// <summary>Of a server whose agents door is open.</summary>
    /// <param name="keys">What signs.</param>
    /// <param name="options">Where this server is.</param>
    /// <param name="isServed">Whether there is a route with this pattern.</param>
    public static DiscoveryDocument Of(KeyRing keys, OAuthOptions options, Func<string, bool> isServed) => new(
        options.Issuer,
        $"{options.PublicBaseUrl}/api/v1/token",
        $"{options.PublicBaseUrl}/oauth2/jwks",
        $"{options.PublicBaseUrl}/agent-info",
        isServed(Introspection) ? options.PublicBaseUrl + Introspection : null,
        isServed(Revocation) ? options.PublicBaseUrl + Revocation : null,
        options.HasDelegation ? ["client_credentials", TokenExchange] : ["client_credentials"],
        [],
        ["public"],
        keys.For(KeyAlgorithm.ES256) == KeyAlgorithm.ES256 ? ["RS256", "ES256"] : ["RS256"],
        AgentScopes.All,
        Claims,
        ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        ["ES256"]);
}

/// <summary>How this door writes JSON: snake_case, as the standards do.</summary>
[JsonSerializable(typeof(KeySet))]
[JsonSerializable(typeof(DiscoveryDocument))]
internal sealed partial class OAuthJson : JsonSerializerContext
{
    /// <summary>The shapes.</summary>
    public static OAuthJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
