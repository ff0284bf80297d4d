using Credence.Keys;

namespace Credence.Server.Grants;

/// <summary>The public documents, written anew only when the keys change: they are served from memory and survive any outage (design D2).</summary>
internal sealed class WellKnownDocuments(KeyRing keys, GrantsOptions options)
{
    private volatile Written? _written;

    /// <summary><c>jwks.json</c>: RSA keys alone, because the protocol's clients refuse a set with any other (contract grantex 5.5).</summary>
    public IResult KeySet => Current().KeySet;

    /// <summary><c>did.json</c> of this server.</summary>
    public IResult Server => Current().Server;

    private Written Current()
    {
        var version = keys.Version;
        if (_written is { } written && written.Version == version) return written;
        return _written = new Written(
            version,
            Answers.Ok(new KeySet(keys.Published(KeyAlgorithm.RS256)), GrantsJson.Wire.KeySet),
            Answers.Ok(DidDocument.Of(keys.Published(), options), GrantsJson.Wire.DidDocument));
    }

    private sealed record Written(int Version, IResult KeySet, IResult Server);
}

/// <summary>A JSON Web Key Set (RFC 7517 5).</summary>
internal sealed record KeySet(IReadOnlyList<PublicJwk> Keys);
