using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Credence.Organizations;
using Credence.State;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>Somebody wants to sign on with their company: where their browser goes (contract grantex-enterprise 4.2).</summary>
public sealed class BeginLogin(Db db, Providers providers, StateSeal seal, ISharedState state, TimeProvider clock)
{
    /// <summary>Where to.</summary>
    /// <param name="Connection">With which connection.</param>
    /// <param name="AuthorizeUrl">The address at the provider.</param>
    public sealed record Output(Connection Connection, string AuthorizeUrl);

    /// <returns>Where to; or that nobody can sign on here, or not with this protocol, or not for the moment.</returns>
    public async Task<Result<Output>> RunAsync(Id<Organization> organization, string? domain, string? redirectUri, CancellationToken ct)
    {
        if (await ConnectionStore.ChooseAsync(db, organization, domain, ct) is not { } connection) return SsoFailures.NoActiveConnection;
        if (connection.Issuer is not { } issuer) return SsoFailures.NotConfigured(connection.Protocol);

        var metadata = await providers.Of(issuer).MetadataAsync(ct);
        var now = clock.Now();
        var verifier = metadata.Succeeded && metadata.Value.TakesChallenge ? Secret.New("") : null;
        var request = new LoginRequest(Secret.New(""), verifier);
        var made = new LoginState(organization.ToString(), connection.Id.ToString(), Secret.New(""), redirectUri, now.ToUnixTimeSeconds(), Secret.New(""));
        if (!await state.LeaveAsync(LoginRequest.Key(made.OidcRequestId), request.ToJson(), SsoOptions.LoginLife, now, ct)) return SsoFailures.StateAway;

        var endpoint = metadata.Succeeded ? metadata.Value.AuthorizationEndpoint : issuer.TrimEnd('/') + "/authorize";
        return new Output(connection, Address(endpoint, connection.ClientId, redirectUri, seal.Write(made), request));
    }

    /// <summary>The authorization request (OpenID Connect Core 3.1.2.1, RFC 7636 4.3).</summary>
    private static string Address(string endpoint, string client, string? redirectUri, string state, LoginRequest request)
    {
        var address = new StringBuilder(endpoint).Append(endpoint.Contains('?', StringComparison.Ordinal) ? '&' : '?');
        address.Append("client_id=").Append(Uri.EscapeDataString(client));
        address.Append("&redirect_uri=").Append(Uri.EscapeDataString(redirectUri ?? ""));
        address.Append("&response_type=code&scope=openid%20email%20profile");
        address.Append("&state=").Append(Uri.EscapeDataString(state));
        address.Append("&nonce=").Append(request.Nonce);
        if (request.CodeVerifier is { } verifier)
        {
            address.Append("&code_challenge=").Append(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))).Append("&code_challenge_method=S256");
        }

        return address.ToString();
    }
}
