using System.Buffers;
using System.Text.Json;
using Credence.Keys;
using Credence.Tokens;
using Microsoft.AspNetCore.Http;

namespace Credence.Tests.Support;

/// <summary>Another issuer, on a loopback port: it signs tokens and publishes its keys.</summary>
public sealed class IssuerStandIn : IAsyncDisposable
{
    private readonly Receiver _receiver;

    private IssuerStandIn(Receiver receiver)
    {
        _receiver = receiver;
        receiver.Answer = PublishAsync;
    }

    public string Issuer => _receiver.Url;

    public string JwksUri => $"{Issuer}/.well-known/jwks";

    /// <summary>What signs.</summary>
    public SigningKey Key { get; set; } = SigningKey.Generate(KeyAlgorithm.ES256);

    /// <summary>What is published, unless <see cref="Publish"/> says otherwise.</summary>
    public List<SigningKey> Published { get; } = [];

    /// <summary>How it answers in place of its keys; null for its keys.</summary>
    public Func<HttpContext, Task>? Publish { get; set; }

    /// <summary>How often it was asked for its keys.</summary>
    public int Asked => _receiver.All.Count;

    public static async Task<IssuerStandIn> StartAsync()
    {
        var issuer = new IssuerStandIn(await Receiver.StartAsync());
        issuer.Published.Add(issuer.Key);
        return issuer;
    }

    /// <summary>A token with <c>iss</c>, <c>iat</c> and <c>exp</c>, and what else <paramref name="claims"/> adds or replaces; null takes a claim away.</summary>
    public string Token(DateTimeOffset now, params (string Name, object? Value)[] claims)
    {
        var all = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["iss"] = Issuer,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(),
        };
        foreach (var (name, value) in claims) all[name] = value;
        return Sign(Key, all);
    }

    public static string Sign(SigningKey key, Dictionary<string, object?> claims)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) JsonSerializer.Serialize(json, claims.Where(claim => claim.Value is not null).ToDictionary());
        return Jws.Sign(key, "JWT", buffer.WrittenSpan);
    }

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    private Task PublishAsync(HttpContext context) =>
        Publish is not null ? Publish(context) : context.Response.WriteAsJsonAsync(new { keys = Published.Select(key => key.Jwk) });
}
