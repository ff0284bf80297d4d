using Credence.Audit;
using Credence.Storage;

namespace Credence.Organizations;

/// <summary>An organization makes itself another key.</summary>
public sealed class CreateApiKey(Db db, TimeProvider clock)
{
    /// <summary>What the key shall be.</summary>
    /// <param name="Label">Up to 200 characters.</param>
    /// <param name="ReadOnly">Whether it may only read and verify.</param>
    /// <param name="Life">How long it works, or null for as long as it is not revoked.</param>
    public sealed record Input(string Label, bool ReadOnly, TimeSpan? Life);

    /// <returns>The key, with the only sight of its secret.</returns>
    public Task<Result<IssuedApiKey>> RunAsync(ApiCaller caller, Input input, CancellationToken ct) =>
        RunAsync(caller.Organization, caller.Mode, caller.Key.ToString(), input, ct);

    /// <summary>The same by an operator.</summary>
    /// <inheritdoc cref="RunAsync(ApiCaller, Input, CancellationToken)"/>
    public async Task<Result<IssuedApiKey>> RunAsync(Id<Organization> organization, OrganizationMode mode, string by, Input input, CancellationToken ct)
    {
        var now = clock.Now();
        if (input.Life is { } life && life > DateTimeOffset.MaxValue - now) return Failure.Invalid("expiresIn is too long");
        var plaintext = ApiKey.NewSecret(mode);
        var key = new ApiKey(Id<ApiKey>.New(now), organization, input.Label, input.ReadOnly, now, now + input.Life, LastUsedAt: null);

        await using var tx = await db.BeginAsync(ct);
        await ApiKeyStore.AddAsync(tx, key, Secret.Hash(plaintext), ct);
        await AuditLog.AppendAsync(tx, new AuditEvent(organization.ToString(), "api_key.created", by, key.Id.ToString()), now, ct);
        await tx.CommitAsync();
        return new IssuedApiKey(key, plaintext);
    }
}
