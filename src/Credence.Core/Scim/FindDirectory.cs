using Credence.Storage;

namespace Credence.Scim;

/// <summary>Finds the directory that a SCIM token speaks for. It asks the database each time: directories call seldom, and a token taken back must not work on.</summary>
public sealed class FindDirectory(Db db, TimeProvider clock)
{
    private static readonly TimeSpan TouchAfter = TimeSpan.FromMinutes(1);

    /// <returns>The directory, or that the token is not valid.</returns>
    public async Task<Result<ScimCaller>> RunAsync(string token, CancellationToken ct)
    {
        var now = clock.Now();
        if (await ScimTokenStore.FindAsync(db, Secret.Hash(token), ct) is not { } found) return ScimFailures.TokenInvalid;
        if (found.LastUsedAt is null || now - found.LastUsedAt >= TouchAfter)
        {
            await using var tx = await db.BeginAsync(ct);
            await ScimTokenStore.TouchAsync(tx, found.Id, now, ct);
            await tx.CommitAsync();
        }

        return new ScimCaller(found.Organization, found.Id.ToString());
    }
}
