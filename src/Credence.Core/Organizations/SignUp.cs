using Credence.Audit;
using Credence.Storage;

namespace Credence.Organizations;

/// <summary>An organization begins here and gets its first API key.</summary>
public sealed class SignUp(Db db, OrganizationOptions options, TimeProvider clock)
{
    /// <summary>What somebody signs up with.</summary>
    /// <param name="Name">1 to 200 characters, trimmed.</param>
    /// <param name="Email">An address, or null.</param>
    /// <param name="Mode">Live or sandbox.</param>
    public sealed record Input(string Name, string? Email, OrganizationMode Mode);

    /// <summary>The organization and its key.</summary>
    /// <param name="Organization">The organization.</param>
    /// <param name="ApiKey">Shown here only.</param>
    public sealed record Output(Organization Organization, IssuedApiKey ApiKey);

    /// <returns>The new organization, or that its address is malformed or in use.</returns>
    public async Task<Result<Output>> RunAsync(Input input, CancellationToken ct)
    {
        var email = input.Email is null ? null : EmailAddress.Normalize(input.Email);
        if (input.Email is not null && email is null) return OrganizationFailures.EmailMalformed;
        return await AddAsync(input.Name, email, input.Mode, ApiKey.NewSecret(input.Mode), ct) is { } output ? output : OrganizationFailures.EmailInUse;
    }

    /// <summary>Makes the development organization behind <c>SEED_API_KEY</c> or <c>SEED_SANDBOX_KEY</c>, if the key is not there yet.</summary>
    /// <returns>Whether it was made now.</returns>
    public async Task<bool> SeedAsync(string name, OrganizationMode mode, string apiKey, CancellationToken ct) =>
        await AddAsync(name, null, mode, apiKey, ct) is not null;

    private async Task<Output?> AddAsync(string name, string? email, OrganizationMode mode, string plaintext, CancellationToken ct)
    {
        var now = clock.Now();
        var organization = new Organization(
            Id<Organization>.New(now), name, email, EmailVerified: false, mode, Plan.Free, options.MinimumOf(mode),
            StrictScopes: false, FidoRequired: false, FidoRpName: null, now);
        var key = new ApiKey(Id<ApiKey>.New(now), organization.Id, "first key", ReadOnly: false, now, ExpiresAt: null, LastUsedAt: null);

        await using var tx = await db.BeginAsync(ct);
        if (!await OrganizationStore.AddAsync(tx, organization, ct)) return null;
        if (!await ApiKeyStore.AddAsync(tx, key, Secret.Hash(plaintext), ct)) return null;
        await AuditLog.AppendAsync(tx, new AuditEvent(organization.Id.ToString(), "organization.created", key.Id.ToString(), organization.Id.ToString()), now, ct);
        await tx.CommitAsync();
        return new Output(organization, new IssuedApiKey(key, plaintext));
    }
}
