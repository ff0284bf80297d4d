using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using Credence.Keys;
using Microsoft.AspNetCore.Http;

namespace Credence.Tests.Support;

/// <summary>A company's identity provider on a loopback port: everybody signs in, as whoever the code says.</summary>
internal sealed class OpenIdStandIn : IAsyncDisposable
{
    private readonly TimeProvider _clock;
    private Receiver _receiver = null!;

    private OpenIdStandIn(TimeProvider clock) => _clock = clock;

    public SigningKey Key { get; set; } = SigningKey.Generate(KeyAlgorithm.ES256);

    /// <summary>How the key set names it.</summary>
    public string Kid { get; set; } = "first";

    public string Issuer => _receiver.Url;

    public int KeyFetches => _receiver.All.Count(call => call.Path == "/keys");

    public static async Task<OpenIdStandIn> StartAsync(TimeProvider clock)
    {
        var provider = new OpenIdStandIn(clock);
        provider._receiver = await Receiver.StartAsync(provider.AnswerAsync);
        return provider;
    }

    /// <summary>What the browser comes back with from <paramref name="authorizeUrl"/> when <paramref name="person"/> has signed in.</summary>
    public static (string Code, string State) SignIn(string authorizeUrl, string person)
    {
        var query = HttpUtility.ParseQueryString(new Uri(authorizeUrl).Query);
        return ($"{person} {query["nonce"]}", query["state"]!);
    }

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var body = context.Request.Path.Value switch
        {
            "/.well-known/openid-configuration" => new JsonObject
            {
                ["issuer"] = Issuer,
                ["authorization_endpoint"] = Issuer + "/authorize",
                ["token_endpoint"] = Issuer + "/token",
                ["jwks_uri"] = Issuer + "/keys",
            },
            "/keys" => new JsonObject { ["keys"] = new JsonArray(Jwk()) },
            _ => new JsonObject { ["id_token"] = Token((string)context.Items[nameof(Received.Body)]!) },
        };
        await context.Response.WriteAsync(body.ToJsonString());
    }

    private JsonObject Jwk()
    {
        var jwk = Key.Jwk;
        return new JsonObject { ["kty"] = jwk.Kty, ["crv"] = jwk.Crv, ["x"] = jwk.X, ["y"] = jwk.Y, ["kid"] = Kid };
    }

    private string Token(string form)
    {
        var code = HttpUtility.ParseQueryString(form)["code"]!.Split(' ');
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = Issuer, ["aud"] = "credence", ["sub"] = code[0], ["nonce"] = code[1], ["iat"] = now, ["exp"] = now + 300 };
        var signed = $"{Base64(new JsonObject { ["alg"] = "ES256", ["kid"] = Kid })}.{Base64(claims)}";
        return $"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(Key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Base64(JsonObject json) => System.Buffers.Text.Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
