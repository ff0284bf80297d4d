namespace Credence.Server.Doors;

/// <summary>Endpoint metadata: needs no access token; what its door counts instead is each client address.</summary>
internal sealed record NeedsNoToken;
