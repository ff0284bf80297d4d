using System.Buffers;

namespace Credence.Tokens;

/// <summary>What a token of the forward-auth door says (contract forward-auth A 17, A 18).</summary>
/// <param name="Issuer"><c>iss</c>: the door's name.</param>
/// <param name="Subject"><c>sub</c>: the person's UUID; without a database, the address that was typed.</param>
/// <param name="Role"><c>role</c>: <c>user</c>, or what an adopted table said.</param>
/// <param name="Token"><c>jti</c>: this token; null where a former service with the same key signed it, whose tokens have none.</param>
/// <param name="IssuedAt"><c>iat</c>, whole seconds.</param>
/// <param name="ExpiresAt"><c>exp</c>, whole seconds.</param>
/// <param name="IsLegacy"><c>legacy</c>: nobody was asked for a password (C.1).</param>
public sealed record ForwardClaims(
    string Issuer, string Subject, string Role, Id<ForwardToken>? Token, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, bool IsLegacy)
{
    private const int LongestHeader = 255;

    private static readonly SearchValues<char> Visible = SearchValues.Create([.. Enumerable.Range(0x21, 0x7E - 0x20).Select(code => (char)code)]);

    /// <summary>When it was issued, to the millisecond where that is known.</summary>
    public DateTimeOffset BornAt => Token?.BornAt ?? IssuedAt;

    /// <summary>Whether subject and role can be written into a header as they are: visible ASCII, 1 to 255 of it (FA-3).</summary>
    public bool FitsHeaders => Fits(Subject) && Fits(Role);

    /// <summary>The payload: plain ASCII JSON.</summary>
    public ReadOnlyMemory<byte> ToJson() => TokenJson.Write(json =>
    {
        json.WriteString("iss", Issuer);
        json.WriteString("sub", Subject);
        json.WriteString("role", Role);
        json.WriteNumber("iat", IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp", ExpiresAt.ToUnixTimeSeconds());
        if (Token is { } token) json.WriteString("jti", token.Value);
        if (IsLegacy) json.WriteBoolean("legacy", true);
    });

    /// <summary>Reads the payload of a token whose signature was checked.</summary>
    /// <returns>Null when a required claim is missing or of another type.</returns>
    public static ForwardClaims? Read(ReadOnlyMemory<byte> payload) => TokenJson.Read(payload, claims => new ForwardClaims(
        claims.Text("iss"), claims.Text("sub"), claims.Text("role"),
        claims.TryGetProperty("jti", out var token) ? new Id<ForwardToken>(token.GetGuid()) : null,
        claims.Time("iat"), claims.Time("exp"), claims.TryGetProperty("legacy", out var legacy) && legacy.GetBoolean()));

    private static bool Fits(string text) => text.Length is >= 1 and <= LongestHeader && !text.AsSpan().ContainsAnyExcept(Visible);
}

/// <summary>A token of the forward-auth door.</summary>
public sealed class ForwardToken : IIdentified
{
    /// <summary>The longest that one may live (contract forward-auth A 10).</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public static string IdPrefix => "fat_";
}
