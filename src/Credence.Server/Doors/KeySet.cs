using Credence.Keys;

namespace Credence.Server.Doors;

/// <summary>A JSON Web Key Set (RFC 7517 5).</summary>
internal sealed record KeySet(IReadOnlyList<PublicJwk> Keys);
