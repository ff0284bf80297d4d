using Credence.Storage;

namespace Credence.Configurations;

/// <summary>What became of the credentials so far.</summary>
/// <param name="Seen">How many were looked at.</param>
/// <param name="Renewed">How many were encrypted anew.</param>
/// <param name="Lost">How many no key opens that is here.</param>
public sealed record Reencrypted(int Seen, int Renewed, int Lost);

/// <summary>
/// Encrypts under the current application secret what is under a former one, so that the former may go (contract identity B.8). It may be run again, by
/// several at once, and while administrators change what it goes through.
/// </summary>
public sealed class ReencryptCredentials(Db db, CredentialBox box)
{
    private const int AtOnce = 100;

    /// <param name="progress">Hears how far it is, after each part.</param>
    /// <param name="ct">Ends it; what is done stays done.</param>
    public async Task<Reencrypted> RunAsync(Action<Reencrypted> progress, CancellationToken ct)
    {
        var total = new Reencrypted(0, 0, 0);
        for (var after = ""; ;)
        {
            var some = await ConfigurationStore.AfterAsync(db, after, AtOnce, ct);
            if (some.Count == 0) return total;
            total = await RenewAsync(some, total, ct);
            progress(total);
            after = some[^1].Id.ToString();
        }
    }

    private async Task<Reencrypted> RenewAsync(List<Configuration> some, Reencrypted before, CancellationToken ct)
    {
        var (renewed, lost) = (0, 0);
        await using var tx = await db.BeginAsync(ct);
        foreach (var configuration in some.Where(one => box.IsOutdated(one.SealedCredential!)))
        {
            if (box.Open(configuration) is not { } credential) lost++;
            else if (await ConfigurationStore.ReencryptAsync(tx, configuration, box.Seal(configuration.Id, credential), ct)) renewed++;
        }

        await tx.CommitAsync();
        return new Reencrypted(before.Seen + some.Count, before.Renewed + renewed, before.Lost + lost);
    }
}
