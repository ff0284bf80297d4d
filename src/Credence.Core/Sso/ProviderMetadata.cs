using System.Text.Json;
using Credence.Outgoing;

namespace Credence.Sso;

/// <summary>What a provider says of itself (OpenID Connect Discovery 3).</summary>
/// <param name="Issuer">Its name, as its tokens have it.</param>
/// <param name="AuthorizationEndpoint">Where the browser goes.</param>
/// <param name="TokenEndpoint">Where codes are exchanged.</param>
/// <param name="JwksUri">Where its keys are.</param>
/// <param name="UserinfoEndpoint">Where it says more of a person, or null.</param>
/// <param name="TakesChallenge">Whether it lists S256 (RFC 7636).</param>
/// <param name="WantsSecretInBody">Whether it takes <c>client_secret_post</c> and not <c>client_secret_basic</c>.</param>
public sealed record ProviderMetadata(
    string Issuer, string AuthorizationEndpoint, string TokenEndpoint, string JwksUri, string? UserinfoEndpoint, bool TakesChallenge, bool WantsSecretInBody)
{
    /// <summary>Where a provider of this issuer says it.</summary>
    internal static string Address(string issuer) => issuer.TrimEnd('/') + "/.well-known/openid-configuration";

    /// <summary>Reads the document.</summary>
    /// <returns>Null when it lacks something, names an address that cannot be used, or speaks of another issuer (Discovery 4.3).</returns>
    internal static ProviderMetadata? Read(JsonElement document, string issuer, OutgoingRules rules)
    {
        if (document.ValueKind != JsonValueKind.Object) return null;
        if (Claims.Text(document, "issuer") is not { } name || name.TrimEnd('/') != issuer.TrimEnd('/')) return null;
        if (Url("authorization_endpoint") is not { } authorization || Url("token_endpoint") is not { } token || Url("jwks_uri") is not { } keys) return null;
        var methods = Claims.Texts(document, "token_endpoint_auth_methods_supported");
        return new ProviderMetadata(
            name, authorization, token, keys, Url("userinfo_endpoint"),
            Claims.Texts(document, "code_challenge_methods_supported").Contains("S256"),
            methods.Contains("client_secret_post") && !methods.Contains("client_secret_basic"));

        string? Url(string member) => Claims.Text(document, member) is { } text && rules.Problem(text) is null ? text : null;
    }
}
