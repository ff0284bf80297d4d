using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Credence.Tokens;

namespace Credence.Bench;

/// <summary>Grant tokens by the thousand, signed here with the server's own key: as copies of a real one, each under an id of its own.</summary>
internal static class ManyTokens
{
    private static readonly RSA Key = RSA.Create(2048);

    /// <summary>The key, for <c>RSA_PRIVATE_KEY</c>.</summary>
    public static string Pem { get; } = Key.ExportPkcs8PrivateKeyPem();

    /// <summary>Requests that verify <paramref name="count"/> different tokens.</summary>
    public static byte[][] Requests(string token, int count)
    {
        var parts = token.Split('.');
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1]));
        var id = payload[payload.IndexOf("tok_", StringComparison.Ordinal)..][..30];
        var now = TimeProvider.System.GetUtcNow();
        return [.. Enumerable.Range(0, count).AsParallel().Select(_ => Request(parts[0], payload.Replace(id, Id<GrantToken>.New(now).ToString(), StringComparison.Ordinal)))];
    }

    private static byte[] Request(string header, string payload)
    {
        var signed = $"{header}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}";
        var signature = Key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return HttpLine.Request("POST", "/v1/tokens/verify", ServerUnderLoad.ApiKey, $$"""{"token":"{{signed}}.{{Base64Url.EncodeToString(signature)}}"}""");
    }
}
