using System.Security.Cryptography;
using System.Text;
using Credence.Server.Doors;

namespace Credence.Server.Grants.Pipeline;

/// <summary>The operator's key, <c>ADMIN_API_KEY</c> (contract grantex 1.3).</summary>
internal sealed class AdminKey(GrantsOptions options)
{
    private static readonly Refusal NotConfigured = new(StatusCodes.Status503ServiceUnavailable, "SERVICE_UNAVAILABLE", "No admin key is configured on this server");
    private static readonly Refusal Wrong = new(StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "Send the admin key in the header: Authorization: Bearer <key>");

    private readonly byte[]? _hash = options.AdminApiKey is { } key ? Hash(key) : null;

    /// <summary>Checks a request's header. Hashes are compared, so that neither time nor length tells anything of the key.</summary>
    public Refusal? Check(HttpRequest request)
    {
        if (_hash is null) return NotConfigured;
        var key = BearerHeader.Parse(request.Headers.Authorization);
        return key is not null && CryptographicOperations.FixedTimeEquals(Hash(key), _hash) ? null : Wrong;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
