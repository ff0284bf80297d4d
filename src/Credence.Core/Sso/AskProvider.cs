using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Credence.Sso;

/// <summary>Exchanges a code for what the provider says of the person (OpenID Connect Core 3.1.3, 5.3). Nothing it says counts before its signature was checked.</summary>
public sealed class AskProvider(Providers providers, TimeProvider clock)
{
    /// <returns>Who it is; or what the provider did wrong.</returns>
    internal async Task<Result<Identity>> RunAsync(OidcClient client, ReceivedCode code, ScopeMapping? mapping, CancellationToken ct)
    {
        var provider = providers.Of(client.Issuer);
        var metadata = await provider.MetadataAsync(ct);
        if (!metadata.Succeeded) return metadata.Failure;

        var answer = await ExchangeAsync(provider, metadata.Value, client, code, ct);
        if (!answer.Succeeded) return answer.Failure;
        if (Claims.Text(answer.Value, "id_token") is not { } token) return SsoFailures.Provider("The identity provider gave no ID token");

        var expected = new IdToken.Expected(metadata.Value.Issuer, client.Id, code.Login.Nonce);
        var claims = await IdToken.CheckAsync(provider, token, expected, clock.Now(), ct);
        if (!claims.Succeeded) return claims.Failure;

        var said = claims.Value;
        var more = default(JsonElement);
        if (Claims.Text(answer.Value, "access_token") is { } access && metadata.Value.UserinfoEndpoint is { } address && Lacks(said, mapping))
        {
            var userinfo = await UserinfoAsync(provider, address, access, said, ct);
            if (!userinfo.Succeeded) return userinfo.Failure; // who is in no group may have other scopes: what is not known must not look like none
            more = userinfo.Value;
        }

        return Of(said, more, mapping);
    }

    private static async Task<Result<JsonElement>> ExchangeAsync(
        Provider provider, ProviderMetadata metadata, OidcClient client, ReceivedCode code, CancellationToken ct)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal) { ["grant_type"] = "authorization_code", ["code"] = code.Text };
        if (code.RedirectUri is { } redirect) form["redirect_uri"] = redirect;
        if (code.Login.CodeVerifier is { } verifier) form["code_verifier"] = verifier;
        using var request = new HttpRequestMessage(HttpMethod.Post, metadata.TokenEndpoint);
        if (metadata.WantsSecretInBody)
        {
            form["client_id"] = client.Id;
            form["client_secret"] = client.Secret;
        }
        else
        {
            var pair = $"{Uri.EscapeDataString(client.Id)}:{Uri.EscapeDataString(client.Secret)}"; // RFC 6749 2.3.1
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
        }

        using var body = new FormUrlEncodedContent(form);
        request.Content = body;
        return await provider.AskAsync(request, "token endpoint", ct);
    }

    private static async Task<Result<JsonElement>> UserinfoAsync(Provider provider, string address, string access, JsonElement said, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (!request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {access}")) return SsoFailures.Provider("The identity provider's access token is not one");
        var more = await provider.AskAsync(request, "userinfo endpoint", ct);
        if (!more.Succeeded) return more;
        return Claims.Text(more.Value, "sub") == Claims.Text(said, "sub") ? more : SsoFailures.Provider("The identity provider's userinfo endpoint speaks of somebody else"); // Core 5.3.2
    }

    private static bool Lacks(JsonElement said, ScopeMapping? mapping) =>
        !said.TryGetProperty("email", out _) || !said.TryGetProperty("name", out _) || (mapping is { ReadsGroups: true } && !said.TryGetProperty(mapping.Claim, out _));

    private static Identity Of(JsonElement said, JsonElement more, ScopeMapping? mapping)
    {
        var mail = From("email");
        var groups = mapping?.Claim ?? "groups";
        return new Identity(
            Claims.Text(said, "sub")!, Short(Claims.Text(mail, "email"), 320), Short(Claims.Text(From("name"), "name"), 500), Claims.Texts(From(groups), groups))
        {
            EmailIsUnproven = mail.TryGetProperty("email_verified", out var proven) && proven.ValueKind is not JsonValueKind.True && Claims.Text(mail, "email_verified") != "true",
        };

        JsonElement From(string name) => said.TryGetProperty(name, out _) || more.ValueKind != JsonValueKind.Object ? said : more;
    }

    private static string? Short(string? text, int most) => text?.Length <= most ? text : null;
}
