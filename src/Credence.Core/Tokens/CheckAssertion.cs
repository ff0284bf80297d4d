using System.Text.Json;
using Credence.Agents;
using Credence.Credentials;
using Credence.Keys;
using Credence.Storage;

namespace Credence.Tokens;

/// <summary>An agent proves itself with its own key (<c>private_key_jwt</c>, RFC 7523 3; contract agent-idp AE-13). Each assertion counts once.</summary>
public sealed class CheckAssertion(Db db, FindClient find, TokenOptions options, TimeProvider clock)
{
    /// <summary>How the caller says that this is how it proves itself (RFC 7523 2.2).</summary>
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private const string Typ = "client-authentication+jwt";
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private sealed record Claims(string Issuer, string Subject, string Audience, string Id, DateTimeOffset ExpiresAt, DateTimeOffset? IssuedAt);

    /// <returns>The client; null when the assertion is not one of this agent for this server, too old, too long-lived, or used before.</returns>
    public async Task<AgentClient?> RunAsync(Id<Agent> agent, string assertion, CancellationToken ct)
    {
        if (await AgentStore.FindAnyAsync(db, agent, ct) is not { Profile.PublicKey: { } key }) return null;
        var signature = Jws.VerifyForeign(assertion, (algorithm, _) => algorithm == KeyAlgorithm.ES256 ? SigningKey.FromJwk(key) : null, Typ);
        if (!signature.Succeeded || Read(signature.Payload) is not { } claims) return null;
        var now = clock.Now();
        if (!Names(agent, claims.Issuer) || !Names(agent, claims.Subject) || !IsForUs(claims.Audience)) return null;
        if (claims.ExpiresAt <= now || claims.ExpiresAt > now + LongestLife + Skew || claims.IssuedAt > now + Skew) return null;
        return await SpendAsync(agent, claims, ct) ? await find.ByAgentAsync(agent, ct) : null;
    }

    /// <summary>Whom an assertion names, before anything about it is believed: the client id may be left out beside it (RFC 7521 4.2).</summary>
    public static string? SubjectOf(string assertion)
    {
        var parts = assertion.Split('.');
        return parts.Length == 3 && CanonicalBase64.Decode(parts[1]) is { } payload ? Read(payload)?.Subject : null;
    }

    /// <summary>The issuer, or the address of the token endpoint: the one value that most client programs of RFC 7523 send.</summary>
    private bool IsForUs(string audience) =>
        audience == options.Issuer || audience == options.AgentsAudience + "/token" || audience == options.AgentsAudience + "/oauth2/token";

    private static bool Names(Id<Agent> agent, string text) => text == agent.Value.ToString() || text == agent.ToString();

    private async Task<bool> SpendAsync(Id<Agent> agent, Claims claims, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        var spent = await SpentAssertions.SpendAsync(tx, $"{agent} {claims.Id}", claims.ExpiresAt, ct);
        await tx.CommitAsync();
        return spent;
    }

    private static Claims? Read(ReadOnlyMemory<byte> payload) => TokenJson.Read(payload, static claims => new Claims(
        Text(claims.GetProperty("iss")), Text(claims.GetProperty("sub")), Single(claims.GetProperty("aud")), Text(claims.GetProperty("jti")),
        Time(claims.GetProperty("exp")), claims.TryGetProperty("iat", out var issued) ? Time(issued) : null));

    /// <summary>One value, or a list of one (contract standards 3.1).</summary>
    private static string Single(JsonElement audience) => Text(audience.ValueKind == JsonValueKind.Array && audience.GetArrayLength() == 1 ? audience[0] : audience);

    private static string Text(JsonElement value) => value.GetString() is { Length: > 0 and <= 1024 } text ? text : throw new FormatException();

    private static DateTimeOffset Time(JsonElement value) => DateTimeOffset.FromUnixTimeSeconds((long)value.GetDouble());
}
