using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Credence.Audit;

namespace Credence.Consent;

/// <summary>What a passkey signs when it proves a consent: everything that the page shows, so that the proof is of this decision and no other.</summary>
internal static class ConsentStatement
{
    /// <summary>Canonical JSON (RFC 8785), different each time.</summary>
    public static string Write(ConsentRequest request) => CanonicalJson.Write(new(StringComparer.Ordinal)
    {
        ["request"] = request.Id.ToString(),
        ["organization"] = request.Organization.ToString(),
        ["agent"] = request.Agent.ToString(),
        ["principal"] = request.Principal,
        ["scopes"] = string.Join('\n', request.Scopes.Select(scope => JsonEncodedText.Encode(scope))), // one line each, whatever is in them
        ["audience"] = request.Audience ?? "",
        ["redirectUri"] = request.RedirectUri ?? "",
        ["lifetimeMs"] = (long)request.Lifetime.TotalMilliseconds,
        ["nonce"] = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)),
    });
}
