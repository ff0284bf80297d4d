using System.Security.Cryptography;
using System.Text.Json;
using Credence.Keys;
using Credence.Server.Doors;
using Credence.Telemetry;

namespace Credence.Server.People;

/// <summary><c>/jw-certs</c>: what people's tokens are verified with (contract identity ID-3).</summary>
internal static class KeysApi
{
    /// <summary>Maps the route. Sisters read it at any rate, and whatever is away.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/jw-certs", RouteFacts.Read, Get).Uncounted();

    private static IResult Get(PeopleCall call, PeopleKeys keys, Metrics metrics)
    {
        metrics.PeopleKeysRead();
        var (json, tag) = keys.Current();
        var headers = call.Http.Response.Headers;
        headers.CacheControl = "public, max-age=300";
        headers.ETag = tag;
        if (call.Http.Request.Headers.IfNoneMatch.Contains(tag)) return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        return new JsonAnswer(StatusCodes.Status200OK, json);
    }
}

/// <summary>The key set, written anew only when the keys change: P-256 keys, the one that signs first; RSA keys where there is none (design D2, D3).</summary>
internal sealed class PeopleKeys(KeyRing keys)
{
    private volatile Written? _written;

    /// <summary>Those keys, and whether each is the one that signs.</summary>
    public IEnumerable<(string Kid, bool Signs)> Listed()
    {
        var algorithm = keys.For(KeyAlgorithm.ES256);
        return keys.Published(algorithm).Select(key => (key.Kid, key.Kid == keys.Current(algorithm).Kid));
    }

    /// <summary>The set, and its tag.</summary>
    public (byte[] Json, string Tag) Current()
    {
        var version = keys.Version;
        if (_written is not { } written || written.Version != version)
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(new KeySet(keys.Published(keys.For(KeyAlgorithm.ES256))), PeopleKeysJson.Wire.KeySet);
            _written = written = new Written(version, json, $"\"{Convert.ToHexStringLower(SHA256.HashData(json))[..32]}\"");
        }

        return (written.Json, written.Tag);
    }

    private sealed record Written(int Version, byte[] Json, string Tag);
}
