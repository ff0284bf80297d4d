using System.Runtime.InteropServices;
using System.Text.Json;
using Credence.Agents;
using Credence.Credentials;
using Credence.Delegations;
using Credence.Revocations;

namespace Credence.Tokens;

/// <summary>
/// What an exchanged token came of (RFC 8693; contract agent-idp AE-13): whose authority it carries, through whom, and all that ends it besides what ends
/// its holder's own tokens. It is in the token, so that one mark about any of it ends the token on every node (design D6).
/// </summary>
/// <param name="Parties">First the agent whose authority it is, last the one that holds the token; each had it from the one before.</param>
/// <param name="Sources">Every token, credential and delegation that it came of, the oldest first.</param>
public sealed record TokenDescent(IReadOnlyList<Id<Agent>> Parties, IReadOnlyList<TokenSource> Sources)
{
    /// <summary>How often the authority was passed on or cut down: what a limit on the length of chains counts.</summary>
    public int Depth => Math.Max(Parties.Count - 1, Sources.Count(source => source.Kind != RevocationKind.Credential));

    /// <summary>Writes <c>act</c>, who holds the token outermost (RFC 8693 4.1), and <c>ends_with</c>.</summary>
    internal void Write(Utf8JsonWriter json)
    {
        ActorChain.Write(json, Parties);
        json.WriteTexts("ends_with", [.. Sources.Select(source => source.ToString())]);
    }

    /// <summary>Reads the two claims beside <c>sub</c>; null where neither is there.</summary>
    /// <exception cref="FormatException">Something of it is not as this server writes it.</exception>
    internal static TokenDescent? Read(JsonElement claims)
    {
        if (!claims.TryGetProperty("ends_with", out var sources)) return claims.TryGetProperty("act", out _) ? throw new FormatException("act") : null;
        return new TokenDescent(ActorChain.Read(claims), [.. sources.EnumerateArray().Select(source => TokenSource.Parse(source.GetString()!))]);
    }
}

/// <summary>One thing that a token came of, and ends with.</summary>
/// <param name="Kind">An access token, a credential or a delegation.</param>
/// <param name="Id">Its bits.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TokenSource(RevocationKind Kind, Guid Id)
{
    /// <summary>An access token.</summary>
    public static TokenSource Of(Id<AccessToken> token) => new(RevocationKind.AccessToken, token.Value);

    /// <summary>What an agent proved itself with.</summary>
    public static TokenSource Of(Id<Credential> credential) => new(RevocationKind.Credential, credential.Value);

    /// <summary>A delegation.</summary>
    public static TokenSource Of(Id<Delegation> delegation) => new(RevocationKind.Delegation, delegation.Value);

    /// <summary>Reads a prefixed id.</summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    internal static TokenSource Parse(string text)
    {
        if (Id<AccessToken>.TryParse(text, out var token)) return Of(token);
        return Id<Credential>.TryParse(text, out var credential) ? Of(credential) : Of(Id<Delegation>.Parse(text));
    }

    /// <summary>The prefixed id.</summary>
    public override string ToString() => Kind switch
    {
        RevocationKind.AccessToken => new Id<AccessToken>(Id).ToString(),
        RevocationKind.Credential => new Id<Credential>(Id).ToString(),
        _ => new Id<Delegation>(Id).ToString(),
    };
}
