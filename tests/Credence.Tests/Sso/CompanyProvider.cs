using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using Credence.Keys;
using Credence.Sso;
using Credence.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Credence.Tests.Sso;

/// <summary>A company's identity provider on a loopback port: everybody signs in, as whoever the code says, on the clock of the world.</summary>
internal sealed class CompanyProvider : IAsyncDisposable
{
    private readonly World _world;
    private Receiver _receiver = null!;

    private CompanyProvider(World world) => _world = world;

    public SigningKey Key { get; set; } = SigningKey.Generate(KeyAlgorithm.ES256);

    /// <summary>How the key set names it.</summary>
    public string Kid { get; set; } = "first";

    public string Issuer => _receiver.Url;

    public int KeyFetches => _receiver.All.Count(call => call.Path == "/keys");

    public static async Task<CompanyProvider> StartAsync(World world)
    {
        var provider = new CompanyProvider(world);
        provider._receiver = await Receiver.StartAsync(provider.AnswerAsync);
        return provider;
    }

    public async Task<Connection> ConnectAsync(bool provisions = true) => (await _world.Get<CreateConnection>().RunAsync(
        _world.Caller, SsoProtocol.Oidc,
        new ConnectionChange(
            new Dictionary<string, string> { ["issuerUrl"] = Issuer, ["clientId"] = "credence", ["clientSecret"] = "a secret" },
            "Company", null, null, provisions, null, null, null, null),
        World.Ct)).Value;

    /// <summary>Begins a login: what the browser comes back with when <paramref name="person"/> has signed in.</summary>
    public async Task<FinishLogin.Input> BeginAsync(string person)
    {
        var begun = (await _world.Get<BeginLogin>().RunAsync(_world.Caller.Organization, null, null, World.Ct)).Value;
        var query = HttpUtility.ParseQueryString(new Uri(begun.AuthorizeUrl).Query);
        return new FinishLogin.Input($"{person} {query["nonce"]}", query["state"]!, null, null);
    }

    public async Task<Result<FinishLogin.Output>> SignOnAsync(string person) =>
        await _world.Get<FinishLogin>().RunAsync(await BeginAsync(person), World.Ct);

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
        var now = _world.Now.ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = Issuer, ["aud"] = "credence", ["sub"] = code[0], ["nonce"] = code[1], ["iat"] = now, ["exp"] = now + 300 };
        var signed = $"{Base64(new JsonObject { ["alg"] = "ES256", ["kid"] = Kid })}.{Base64(claims)}";
        return $"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(Key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Base64(JsonObject json) => System.Buffers.Text.Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
