using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Credence.Agents;
using Credence.Keys;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Tokens;

/// <summary>Signs an ID token, which tells an agent's own program who the agent is here (contract agent-idp AE-13, AE-32; standards 6.2). It is never taken as an access token.</summary>
public sealed class IssueIdToken(Db db, KeyRing keys, TokenOptions options, Metrics metrics)
{
    /// <summary>Signs one beside an access token, for as long as that one and with the same kind of key.</summary>
    /// <param name="access">The access token.</param>
    /// <param name="algorithm">How the access token was signed.</param>
    /// <param name="nonce">What the program wants to see again, or null.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<string> RunAsync(IssuedAccessToken access, KeyAlgorithm algorithm, string? nonce, CancellationToken ct)
    {
        var agent = await AgentStore.FindAnyEverAsync(db, access.Claims.Agent, ct) ?? throw new InvalidOperationException("an agent that has a token is there");
        var token = Jws.Sign(keys.Current(keys.For(algorithm)), TokenKinds.Identity.Typ, Payload(access, agent, nonce).Span);
        metrics.IdTokenIssued();
        return token;
    }

    private ReadOnlyMemory<byte> Payload(IssuedAccessToken access, Agent agent, string? nonce)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, TokenJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("iss", options.Issuer);
            json.WriteString("sub", agent.Id.Value);
            json.WriteString("aud", agent.Id.Value);
            json.WriteString("azp", agent.Id.Value);
            json.WriteNumber("iat", access.Claims.IssuedAt.ToUnixTimeSeconds());
            json.WriteNumber("exp", access.Claims.ExpiresAt.ToUnixTimeSeconds());
            if (nonce is not null) json.WriteString("nonce", nonce);
            json.WriteString("at_hash", HashOf(access.Jwt));
            WriteIdentity(json, agent);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteIdentity(Utf8JsonWriter json, Agent agent)
    {
        var profile = agent.Profile;
        json.WriteString("agent_id", agent.Id.Value);
        if (profile.Type is { } type) json.WriteString("agent_type", Words.Of(type));
        json.WriteString("organization_id", agent.Organization.Value);
        if (profile.Capabilities is { } capabilities) json.WriteTexts("capabilities", capabilities);
        if (profile.Environment is { } environment) json.WriteString("deployment_env", Words.Of(environment));
        if (profile.Owner is { } owner) json.WriteString("owner", owner);
    }

    /// <summary>OpenID Connect Core 3.1.3.6: the left half of the access token's SHA-256.</summary>
    private static string HashOf(string accessToken) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)).AsSpan(0, 16));
}
