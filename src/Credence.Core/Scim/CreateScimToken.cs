using System.Security.Cryptography;
using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Scim;

/// <summary>An organization makes a token for its company directory.</summary>
public sealed class CreateScimToken(Db db, TimeProvider clock)
{
    /// <returns>The token, with the only sight of its text: 64 hexadecimal digits.</returns>
    public async Task<IssuedScimToken> RunAsync(ApiCaller caller, string label, CancellationToken ct)
    {
        var now = clock.Now();
        var plaintext = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var token = new ScimToken(Id<ScimToken>.New(now), caller.Organization, label, now, LastUsedAt: null);

        await using var tx = await db.BeginAsync(ct);
        await ScimTokenStore.AddAsync(tx, token, Secret.Hash(plaintext), ct);
        await AuditLog.AppendAsync(tx, caller.Act("scim_token.created", token.Id.ToString()), now, ct);
        await tx.CommitAsync();
        return new IssuedScimToken(token, plaintext);
    }
}
