using System.Text.Json;
using System.Text.Unicode;
using Credence.Keys;
using Credence.Tokens;

namespace Credence.Issuers;

/// <summary>
/// A token of another issuer, taken apart. Until <see cref="VerifyAsync"/> has said that it is good, its <see cref="Issuer"/> serves only to find whose keys to ask
/// for, and nothing else of it may be believed.
/// </summary>
public sealed class ForeignToken
{
    /// <summary>The longest that is looked at, in characters (contract agent-idp AE-45).</summary>
    public const int MaxLength = 8 * 1024;

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);
    private static readonly JsonDocumentOptions EachMemberOnce = new() { AllowDuplicateProperties = false, MaxDepth = 16 }; // RFC 7519 section 4

    private readonly Jws.ForeignJws _jws;

    private ForeignToken(Jws.ForeignJws jws, JsonElement claims)
    {
        _jws = jws;
        Claims = claims;
    }

    /// <summary>What it says.</summary>
    public JsonElement Claims { get; }

    /// <summary><c>iss</c>, or null.</summary>
    public string? Issuer => Text("iss");

    /// <summary>Takes a compact JWS apart whose algorithm is RS256 or ES256; headers that name keys or demand extensions are refused or not looked at (RFC 8725 3).</summary>
    /// <returns>Null when it is anything else.</returns>
    public static ForeignToken? Read(string token)
    {
        if (token.Length > MaxLength || Jws.Open(token, out var jws) is not null) return null;
        if (jws.Algorithm is not (KeyAlgorithm.RS256 or KeyAlgorithm.ES256) || !Utf8.IsValid(jws.Parts.Payload)) return null;
        try
        {
            using var claims = JsonDocument.Parse(jws.Parts.Payload, EachMemberOnce);
            if (claims.RootElement.ValueKind != JsonValueKind.Object) return null;
            ReadEveryText(claims.RootElement);
            return new ForeignToken(jws, claims.RootElement.Clone());
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException) // the latter: a text that is no Unicode
        {
            return null;
        }
    }

    /// <summary>A claim that is a text, or null.</summary>
    public string? Text(string claim) => Claims.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Whether <c>aud</c> has <paramref name="audience"/> in it, as a text or in a list (RFC 7519 4.1.3).</summary>
    public bool IsFor(string audience) => Claims.TryGetProperty("aud", out var named) && named.ValueKind switch
    {
        JsonValueKind.String => named.GetString() == audience,
        JsonValueKind.Array => named.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.GetString() == audience),
        _ => false,
    };

    /// <summary>Whether it is for <paramref name="audience"/> and for nobody besides.</summary>
    public bool IsOnlyFor(string audience) =>
        IsFor(audience) && Claims.GetProperty("aud") is var named && (named.ValueKind == JsonValueKind.String || named.GetArrayLength() == 1);

    /// <summary>Whether its signature is the issuer's and it is of this hour: <c>exp</c> is required, <c>nbf</c> and <c>iat</c> may be a minute ahead.</summary>
    /// <returns>Null when it is good, else why it is not.</returns>
    public async Task<ForeignRefusal?> VerifyAsync(IssuerKeys keys, KeySource source, DateTimeOffset now, CancellationToken ct)
    {
        if (await keys.FindAsync(source, _jws.Kid, _jws.Algorithm, ct) is not { } key) return ForeignRefusal.UnknownKey;
        if (!_jws.IsSignedBy(key)) return ForeignRefusal.BadSignature;
        if (Time("exp") is not { } expires || expires <= now) return ForeignRefusal.Expired;
        return IsAhead("nbf", now) || IsAhead("iat", now) ? ForeignRefusal.NotYetValid : null;
    }

    /// <summary>A claim that is an instant in seconds (RFC 7519 2), or null.</summary>
    public DateTimeOffset? Time(string claim) =>
        Claims.TryGetProperty(claim, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and < 253402300800
            ? DateTimeOffset.UnixEpoch.AddSeconds(Math.Floor(seconds))
            : null;

    /// <summary>Throws where a text is no Unicode (a lone surrogate, written as an escape), so that no reader of a claim has to expect it.</summary>
    private static void ReadEveryText(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String) _ = element.GetString();
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray()) ReadEveryText(item);
        }

        if (element.ValueKind != JsonValueKind.Object) return;
        foreach (var member in element.EnumerateObject())
        {
            _ = member.Name;
            ReadEveryText(member.Value);
        }
    }

    private bool IsAhead(string claim, DateTimeOffset now) => Claims.TryGetProperty(claim, out _) && (Time(claim) is not { } at || at > now + Skew);
}

/// <summary>Why a token of another issuer does not count: for the log; callers hear less.</summary>
public enum ForeignRefusal
{
    /// <summary>No compact JWS with RS256 or ES256 whose parts are JSON objects.</summary>
    Malformed,

    /// <summary>Nobody here trusts its issuer.</summary>
    UnknownIssuer,

    /// <summary>Its issuer is suspended as a partner.</summary>
    PartnerSuspended,

    /// <summary>The trust in its issuer is over.</summary>
    PartnerExpired,

    /// <summary>Its issuer does not list the key, or its key set cannot be had.</summary>
    UnknownKey,

    /// <summary>The signature is not the key's for this text.</summary>
    BadSignature,

    /// <summary>Its time is over, or it says none.</summary>
    Expired,

    /// <summary>Its time has not come.</summary>
    NotYetValid,

    /// <summary>It is for somebody else.</summary>
    WrongAudience,

    /// <summary>Its issuer is not trusted for the organization it names.</summary>
    WrongOrganization,

    /// <summary>A claim that is needed is missing or of another type.</summary>
    MissingClaim,

    /// <summary>It lives longer than it may.</summary>
    TooLongLived,
}
