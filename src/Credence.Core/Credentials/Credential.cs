using System.Security.Cryptography;
using Credence.Agents;
using Credence.Keys;
using Credence.Storage;

namespace Credence.Credentials;

/// <summary>What an agent proves itself with: a secret that is shown once, of which the SHA-256 stays (contract agent-idp AE-09, design D10).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Agent">Whose it is.</param>
/// <param name="SigningAlg">How the tokens are signed that are had with it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it stops working, or null.</param>
/// <param name="RevokedAt">When it was ended, or null.</param>
public sealed record Credential(
    Id<Credential> Id, Id<Agent> Agent, KeyAlgorithm SigningAlg, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "cred_";

    /// <summary>Whether it works at <paramref name="now"/>.</summary>
    public CredentialStatus StatusAt(DateTimeOffset now) =>
        RevokedAt is not null ? CredentialStatus.Revoked : ExpiresAt <= now ? CredentialStatus.Expired : CredentialStatus.Active;

    /// <summary>A new secret: <c>sk_live_</c> and 256 bits in hex.</summary>
    public static string NewSecret() => "sk_live_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    internal static Sql Columns { get; } = Sql.Of($"id, agent_id, signing_alg, created_ms, expires_ms, revoked_ms");

    internal static Credential Read(Row row) => new(
        row.Id<Credential>("id"), row.Id<Agent>("agent_id"), Enum.Parse<KeyAlgorithm>(row.Text("signing_alg")), row.Time("created_ms"),
        row.TimeOrNull("expires_ms"), row.TimeOrNull("revoked_ms"));
}

/// <summary>Whether a credential works.</summary>
public enum CredentialStatus
{
    /// <summary>It does.</summary>
    Active,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>It was ended.</summary>
    Revoked,
}

/// <summary>A credential just made or rotated, with the only sight of its secret.</summary>
/// <param name="Credential">The credential.</param>
/// <param name="Secret">What the agent sends from now on.</param>
public sealed record IssuedCredential(Credential Credential, string Secret)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Credential.Id} [secret]";
}
