namespace Credence.Server.Doors;

/// <summary>Endpoint metadata: passwords and codes are tried here, so each address may call it only so often (contract identity C.9).</summary>
internal sealed record IsGuarded;
