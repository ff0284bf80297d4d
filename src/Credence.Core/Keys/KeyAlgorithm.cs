namespace Credence.Keys;

/// <summary>How a key signs, under its JOSE name (RFC 7518 3.1, RFC 8037 3.1); each name means one kind of key.</summary>
public enum KeyAlgorithm
{
    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256: grant, agent and forward-auth tokens (design D2).</summary>
    RS256,

    /// <summary>ECDSA on P-256 with SHA-256: OAuth and people tokens, where there is such a key.</summary>
    ES256,

    /// <summary>Ed25519: checkpoints and credentials.</summary>
    EdDSA,
}

/// <summary>Where a key stands in its life (contract standards 6.4).</summary>
public enum KeyStatus
{
    /// <summary>Published so that verifiers know it, and not yet used.</summary>
    Next,

    /// <summary>Signs.</summary>
    Current,

    /// <summary>Signs no more; published until the last token it signed has expired.</summary>
    Retired,

    /// <summary>Leaked: verifies nothing any more. The row stays, so that it can never come back.</summary>
    Revoked,
}
