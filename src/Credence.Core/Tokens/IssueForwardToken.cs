using Credence.Keys;

namespace Credence.Tokens;

/// <summary>Signs a token of the forward-auth door (contract forward-auth FA-2).</summary>
public sealed class IssueForwardToken(KeyRing keys, TokenOptions options)
{
    /// <summary>The role of whoever has no other.</summary>
    public const string UsualRole = "user";

    /// <param name="subject">Whose it is.</param>
    /// <param name="role">Their role.</param>
    /// <param name="now">When.</param>
    public string Run(string subject, string role, DateTimeOffset now)
    {
        var since = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()); // a token has whole seconds
        var claims = new ForwardClaims(options.ForwardIssuer, subject, role, Id<ForwardToken>.New(now), since, since + options.ForwardTokenLife, options.IsLegacy);
        var kind = TokenKinds.Forward;
        return Jws.Sign(keys.Current(kind.Algorithm), kind.Typ, claims.ToJson().Span);
    }
}
